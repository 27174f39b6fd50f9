#include "store/s3_records.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

namespace sextant::store {
namespace {

const Time kThen{std::chrono::seconds(1'783'030'980)};

BucketRecord example_bucket() {
  return {.name = "logs", .created = kThen, .deleting = true, .app = "stack"};
}

ObjectAttributes example_attributes() {
  return {.content_type = "text/plain",
          .headers = {{"cache-control", "no-store"}, {"content-encoding", "gzip"}},
          .metadata = {{"owner", ""}, {"team", "soc"}}};
}

ObjectRecord example_object() {
  return {
      .size = 70'000,
      .etag = "d41d8cd98f00b204e9800998ecf8427e-2",
      .modified = kThen,
      .sequencer = "0000000000000007",
      .body = {{.id = "b1", .is_inline = false, .size = 69'000},
               {.id = "i2", .is_inline = true, .size = 1'000}},
      .attributes = example_attributes(),
      .checksum = Checksum{.algorithm = "CRC32", .value = "AAAAAA==-2", .type = "COMPOSITE"},
      .trace = {.trace_id = "0af7651916cd43dd8448eb211c80319c", .parent_id = "b7ad6b7169203331"}};
}

UploadRecord example_upload() {
  return {.key = "a/b c",
          .started = kThen,
          .attributes = example_attributes(),
          .checksum_algorithm = "SHA256",
          .checksum_type = "COMPOSITE"};
}

PartRecord example_part() {
  return {.size = 5'242'880,
          .etag = "d41d8cd98f00b204e9800998ecf8427e",
          .modified = kThen,
          .body = {.id = "b1", .is_inline = false, .size = 5'242'880},
          .checksum = Checksum{.algorithm = "SHA256", .value = "AA==", .type = "FULL_OBJECT"}};
}

TEST(S3Records, ComeBackAsTheyWere) {
  EXPECT_EQ(decode_bucket(encode(example_bucket())), example_bucket());
  EXPECT_EQ(decode_object(encode(example_object())), example_object());
  EXPECT_EQ(decode_upload(encode(example_upload())), example_upload());
  EXPECT_EQ(decode_part(encode(example_part())), example_part());
  EXPECT_EQ(decode_object(encode(ObjectRecord{})), ObjectRecord{});
}

TEST(S3Records, ATraceThatIsNotSampledStaysSo) {
  auto object = example_object();
  object.trace.sampled = false;
  EXPECT_EQ(decode_object(encode(object)), object);
}

// Version 1 as written by the first release: these bytes stay readable.
TEST(S3Records, VersionOneIsGolden) {
  EXPECT_EQ(hex(encode(example_bucket())), "010a046c6f67731080f2be8184b595031a05737461636b2001");
  EXPECT_EQ(hex(encode(example_object())),
            "0108f0a204122264343164386364393866303062323034653938303039393865636638343237652d"
            "321880f2be8184b595032210303030303030303030303030303030372a09010a02623118889b042a"
            "0a010a026932100118e807325c010a0a746578742f706c61696e121a010a0d63616368652d636f6e"
            "74726f6c12086e6f2d73746f72651219010a10636f6e74656e742d656e636f64696e671204677a69"
            "701a08010a056f776e65721a0c010a047465616d1203736f633a1f010a054352433332120a414141"
            "4141413d3d2d321a09434f4d504f5349544542203061663736353139313663643433646438343438"
            "6562323131633830333139634a1062376164366237313639323033333331");
  EXPECT_EQ(hex(encode(example_upload())),
            "010a05612f6220631080f2be8184b595031a5c010a0a746578742f706c61696e121a010a0d636163"
            "68652d636f6e74726f6c12086e6f2d73746f72651219010a10636f6e74656e742d656e636f64696e"
            "671204677a69701a08010a056f776e65721a0c010a047465616d1203736f6322065348413235362a"
            "09434f4d504f53495445");
  EXPECT_EQ(hex(encode(example_part())),
            "01088080c00212206434316438636439386630306232303465393830303939386563663834323765"
            "1880f2be8184b59503220a010a026231188080c0022a1c010a06534841323536120441413d3d1a0b"
            "46554c4c5f4f424a454354");
}

template <typename Decode>
void expect_cuts_are_noticed(const std::string& bytes, Decode decode) {
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto cut = decode(std::string_view(bytes).substr(0, length));
    if (cut) {
      EXPECT_NE(encode(*cut), bytes) << length;  // cut between two fields
    } else {
      EXPECT_EQ(cut.error().code, Code::Corrupt) << length;
    }
  }
}

TEST(S3Records, BytesCutAnywhereAreCorruptOrShorter) {
  expect_cuts_are_noticed(encode(example_bucket()), decode_bucket);
  expect_cuts_are_noticed(encode(example_object()), decode_object);
  expect_cuts_are_noticed(encode(example_upload()), decode_upload);
  expect_cuts_are_noticed(encode(example_part()), decode_part);
}

}  // namespace
}  // namespace sextant::store

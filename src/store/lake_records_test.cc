#include "store/lake_records.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

namespace sextant::store {
namespace {

using namespace std::chrono_literals;

LakeFileRecord example() {
  LakeFileRecord file;
  file.path = "alb/date=2026-07-02/hour=22/a.parquet";
  file.size = 70'000;
  file.rows = 1'000;
  file.sha256.fill(0xAB);
  file.ts_min = Time(-5us);
  file.ts_max = Time(0us);
  file.schema_id = "5f1d";
  file.created = Time(std::chrono::seconds(1'783'030'980));
  return file;
}

TEST(LakeRecords, ComeBackAsTheyWere) {
  EXPECT_EQ(decode_lake_file(encode(example())), example());
  EXPECT_EQ(decode_lake_file(encode(LakeFileRecord{})), LakeFileRecord{});
  LakeChange change{.added = {example(), LakeFileRecord{}}};
  EXPECT_EQ(decode_lake_change(encode(change)), change);
  LakeChange merge{.added = {example()},
                   .removed = {example(), example()},
                   .reason = LakeReason::Merged,
                   .removed_at = Time(-7us)};
  EXPECT_EQ(decode_lake_change(encode(merge)), merge);
  auto merged = example();
  merged.duplicates = 7;
  merged.unique_by = "id";
  EXPECT_EQ(decode_lake_file(encode(merged)), merged);
  EXPECT_EQ(hex(encode(merged)), hex(encode(example())) + "48075202" + hex("id"));
  const LakeRemovedRecord removed{.file = example(), .removed_at = Time(1us)};
  EXPECT_EQ(decode_lake_removed(encode(removed)), removed);
  EXPECT_EQ(decode_lake_schema(encode(LakeSchemaRecord{"bytes"})), LakeSchemaRecord{"bytes"});
}

// Version 1 as written by the first release: these bytes stay readable.
TEST(LakeRecords, VersionOneIsGolden) {
  const std::string golden =
      "010a25616c622f646174653d323032362d30372d30322f686f75723d32322f612e7061727175657410f0a204"
      "18e8072220abababababababababababababababababababababababababababababababab280a30013a04"
      "356631644081e4fd8288eaaa06";
  EXPECT_EQ(hex(encode(example())), golden);
  EXPECT_EQ(decode_lake_file(*from_hex(golden)), example());
}

TEST(LakeRecords, RemovalsOfVersionOneAreGolden) {
  LakeFileRecord file;
  file.path = "alb/a";
  file.created = Time(3us);
  const LakeChange change{.added = {file},
                          .removed = {file, file},
                          .reason = LakeReason::Merged,
                          .removed_at = Time(5us)};
  const std::string record = "010a05616c622f612220" + std::string(64, '0') + "4007";
  const std::string golden = "010a2c" + record + "122c" + record + "122c" + record + "1801200b";
  EXPECT_EQ(hex(encode(change)), golden);
  EXPECT_EQ(decode_lake_change(*from_hex(golden)), change);
  const std::string gone = "010a2c" + record + "100b";
  EXPECT_EQ(hex(encode(LakeRemovedRecord{.file = file, .removed_at = Time(5us)})), gone);
}

TEST(LakeRecords, CheckpointsOfVersionOneAreGolden) {
  LakeCheckpointsRecord record{.checkpoints = {{.version = 100, .size = 300, .actions = 7},
                                               {.version = 200, .size = 1, .actions = 9}}};
  record.checkpoints[1].sha256.fill(0xCD);
  std::string sha;
  for (int i = 0; i < 32; ++i) sha += "cd";
  const std::string golden = "010a2a01086410ac021a20" + std::string(64, '0') + "2007" +
                             "0a2a0108c80110011a20" + sha + "2009";
  EXPECT_EQ(hex(encode(record)), golden);
  EXPECT_EQ(decode_lake_checkpoints(*from_hex(golden)), record);
  EXPECT_EQ(decode_lake_checkpoints(encode(LakeCheckpointsRecord{})), LakeCheckpointsRecord{});
  EXPECT_FALSE(decode_lake_checkpoints(golden.substr(0, 20)));
}

TEST(LakeRecords, BrokenBytesAreCorrupt) {
  const auto bytes = encode(LakeChange{.added = {example()}});
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto cut = decode_lake_change(bytes.substr(0, length));
    if (length == 1) continue;  // the version alone is an empty change
    ASSERT_FALSE(cut) << length;
    EXPECT_EQ(cut.error().code, Code::Corrupt);
  }
  EXPECT_FALSE(decode_lake_file("\x02"));
  EXPECT_FALSE(decode_lake_file(std::string("\x01\x22\x01\xAB", 4)));  // a hash of one byte
}

}  // namespace
}  // namespace sextant::store

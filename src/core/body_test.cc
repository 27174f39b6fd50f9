#include "core/body.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <latch>
#include <map>
#include <thread>

#include "core/bounded_queue.h"

namespace sextant {
namespace {

// One worker thread that answers reads, as a file or socket source does.
class Answerer {
 public:
  using Job = std::move_only_function<void()>;
  ~Answerer() { jobs_.close(); }
  void post(Job job) { ASSERT_TRUE(jobs_.push(std::move(job))); }

 private:
  BoundedQueue<Job> jobs_{16};
  std::jthread worker_{[this] {
    while (auto job = jobs_.pop()) (*job)();
  }};
};

enum class From { Here, Thread, Mixed };

// `chunks` times one piece of text, then the end or an error; counts its own lives.
class ScriptedBody final : public Body {
 public:
  struct Script {
    std::size_t chunks = 0;
    std::string piece = "x";
    From from = From::Here;
    std::optional<Error> error_after = std::nullopt;
  };
  ScriptedBody(Script script, Answerer& answerer, std::atomic<int>& alive)
      : script_(std::move(script)), answerer_(answerer), alive_(alive) {
    ++alive_;
  }
  ~ScriptedBody() override { --alive_; }

  void read(OnChunk on_chunk) override {
    auto chunk = next();
    const bool here =
        script_.from == From::Here || (script_.from == From::Mixed && given_ % 3 != 0);
    if (here) return on_chunk(std::move(chunk));
    answerer_.post([on_chunk = std::move(on_chunk), chunk = std::move(chunk)]() mutable {
      on_chunk(std::move(chunk));
    });
  }

 private:
  Result<std::string> next() {
    if (given_++ < script_.chunks) return script_.piece;
    if (script_.error_after) return std::unexpected(*script_.error_after);
    return std::string();
  }
  Script script_;
  Answerer& answerer_;
  std::atomic<int>& alive_;
  std::size_t given_ = 0;
};

class Bodies : public testing::TestWithParam<From> {
 protected:
  std::unique_ptr<Body> script(std::size_t chunks, std::string piece = "x",
                               std::optional<Error> error = std::nullopt) {
    return std::make_unique<ScriptedBody>(
        ScriptedBody::Script{chunks, std::move(piece), GetParam(), std::move(error)}, answerer,
        alive);
  }
  // Drains and waits; counts that on_done ran once, with the body alive.
  Result<> drain_and_wait(std::unique_ptr<Body> body, ChunkSink sink) {
    std::latch done(1);
    Result<> outcome;
    drain(std::move(body), std::move(sink), [&](Result<> result) {
      EXPECT_EQ(alive, 1);
      outcome = std::move(result);
      done.count_down();
    });
    done.wait();
    return outcome;
  }
  std::atomic<int> alive = 0;
  Answerer answerer;
};

TEST_P(Bodies, DrainHandsOverAllInOrder) {
  std::string all;
  const auto done = drain_and_wait(script(1000, "abc"), [&](std::string_view chunk) -> Result<> {
    all.append(chunk);
    return {};
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(all.size(), 3000u);
}

TEST_P(Bodies, DrainOfManyChunksDoesNotGrowTheStack) {
  std::size_t count = 0;
  std::ptrdiff_t deepest = 0;
  std::map<std::thread::id, const char*> first;
  const auto done = drain_and_wait(script(100'000), [&](std::string_view) -> Result<> {
    const auto* here = static_cast<const char*>(__builtin_frame_address(0));
    const auto* frame = first.try_emplace(std::this_thread::get_id(), here).first->second;
    deepest = std::max(deepest, std::abs(frame - here));
    ++count;
    return {};
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(count, 100'000u);
  EXPECT_LT(deepest, 16'384);
}

TEST_P(Bodies, AnErrorOfTheSourceEndsTheDrain) {
  std::size_t count = 0;
  const auto done = drain_and_wait(script(5, "x", Error{Code::Unavailable, "peer went away"}),
                                   [&](std::string_view) -> Result<> {
                                     ++count;
                                     return {};
                                   });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::Unavailable);
  EXPECT_EQ(count, 5u);
}

TEST_P(Bodies, AnErrorOfTheSinkEndsTheDrain) {
  std::size_t count = 0;
  const auto done = drain_and_wait(script(1000), [&](std::string_view) -> Result<> {
    if (++count == 7) return fail(Code::Exhausted, "disk is full");
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::Exhausted);
  EXPECT_EQ(count, 7u);
}

TEST_P(Bodies, AreDestroyedAfterTheEnd) {
  for (const std::size_t chunks : {0u, 1u, 10u}) {
    std::atomic<int> lives = 0;
    {
      Answerer own;  // its end waits for the last callback to return
      for (int i = 0; i < 50; ++i) {
        auto body = std::make_unique<ScriptedBody>(ScriptedBody::Script{chunks, "x", GetParam()},
                                                   own, lives);
        EXPECT_TRUE(read_all_blocking(std::move(body), 100));
      }
    }
    EXPECT_EQ(lives, 0);
  }
}

TEST_P(Bodies, ReadAllHasALimit) {
  EXPECT_EQ(read_all_blocking(script(10, "ab"), 20), std::string("abababababababababab"));
  const auto over = read_all_blocking(script(10, "ab"), 19);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::Exhausted);
  EXPECT_EQ(read_all_blocking(script(0), 0), std::string());
  const auto broken = read_all_blocking(script(1, "x", Error{Code::Invalid, "framing"}), 10);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "framing");
}

INSTANTIATE_TEST_SUITE_P(Sources, Bodies, testing::Values(From::Here, From::Thread, From::Mixed),
                         [](const auto& from) {
                           return std::string(from.param == From::Here     ? "Here"
                                              : from.param == From::Thread ? "Thread"
                                                                           : "Mixed");
                         });

Result<std::string> read_once(Body& body) {
  Result<std::string> got;
  body.read([&](Result<std::string> chunk) { got = std::move(chunk); });
  return got;
}

TEST(StringBody, ComesInChunksAndStaysAtItsEnd) {
  std::string text(2 * kChunkBytesMax + 10, 'a');
  text.back() = 'z';
  const auto body = make_body(text);
  EXPECT_EQ(body->length(), text.size());
  EXPECT_EQ(read_once(*body)->size(), kChunkBytesMax);
  EXPECT_EQ(body->length(), kChunkBytesMax + 10);
  EXPECT_EQ(read_once(*body)->size(), kChunkBytesMax);
  EXPECT_EQ(read_once(*body), std::string(text, 2 * kChunkBytesMax));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(read_once(*body), std::string());
  EXPECT_EQ(body->length(), 0u);
  EXPECT_EQ(read_all_blocking(make_body(text), text.size()), text);
}

TEST(StringBody, OfOneChunkAndOfNothing) {
  const auto body = make_body("abc");
  EXPECT_EQ(read_once(*body), std::string("abc"));
  EXPECT_EQ(read_once(*body), std::string());
  EXPECT_EQ(read_once(*make_body("")), std::string());
}

TEST(StringBody, AKnownLengthAboveTheLimitIsNotRead) {
  const auto over = read_all_blocking(make_body("12345"), 4);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::Exhausted);
}

}  // namespace
}  // namespace sextant

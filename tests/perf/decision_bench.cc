// links: guard store model sdk ports core
// How many decisions a core makes, in CPU time, on the cases that decision_set.py writes:
//   decision_bench <cases.jsonl>
// One JSON object a case: its requests are judged in turn, each again and again for a second.
#include <boost/json.hpp>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>

#include "core/json.h"
#include "guard/iam/evaluate.h"
#include "tests/support/iam_case.h"

namespace {

using namespace sextant;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// How many of the decisions were what.
struct Mix {
  std::size_t allowed = 0;
  std::size_t denied_explicitly = 0;
  std::size_t denied = 0;
};

Mix judge_all(const test::IamCase& made) {
  Mix mix;
  for (const auto& call : made.calls) {
    const auto decision = guard::iam::evaluate(call, made.policies);
    if (decision.verdict == sdk::Verdict::Allow) {
      ++mix.allowed;
    } else if (!decision.deciding_statements.empty()) {
      ++mix.denied_explicitly;
    } else {
      ++mix.denied;
    }
  }
  return mix;
}

boost::json::object measure(const test::IamCase& made) {
  constexpr double kSecondsMin = 1;
  const auto mix = judge_all(made);
  std::size_t decisions = 0;
  double seconds = 0;
  for (const double begin = cpu_seconds(); seconds < kSecondsMin; seconds = cpu_seconds() - begin) {
    judge_all(made);
    decisions += made.calls.size();
  }
  const auto count = static_cast<double>(made.calls.size());
  return {{"decisions_per_s", static_cast<double>(decisions) / seconds},
          {"allowed", static_cast<double>(mix.allowed) / count},
          {"denied_explicitly", static_cast<double>(mix.denied_explicitly) / count},
          {"denied", static_cast<double>(mix.denied) / count}};
}

int run(const char* file) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    auto made = test::IamCaseReader::read(line);
    if (!made) {
      std::fprintf(stderr, "decision_bench: %s\n", made.error().message.c_str());
      return 1;
    }
    for (const auto& policy : made->policies.identity) {
      if (!policy->defect()) continue;
      std::fprintf(stderr, "decision_bench: %s\n", policy->defect()->c_str());
      return 1;
    }
    auto measured = measure(*made);
    measured["name"] = json::text_or(json::parse(line)->as_object(), "name");
    std::printf("%s\n", json::to_text(measured).c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: decision_bench <cases.jsonl>\n");
    return 2;
  }
  return run(argv[1]);
}

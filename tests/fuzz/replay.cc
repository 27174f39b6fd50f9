// Runs a fuzz target over the files of its corpus, without libFuzzer: that is how `make test` keeps
// every input that once mattered. Each file is also tried cut short at every 1/16 of its length,
// because a cut is the commonest damage. A case file of a parser counts as a folder of its lines.
// Exits 1 if a folder has no file, so that an empty corpus is noticed.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A copy of exactly `size` bytes, so that a sanitizer sees the first byte read too far.
void run_exactly(const std::vector<std::uint8_t>& bytes, std::size_t size) {
  const std::vector<std::uint8_t> copy(bytes.begin(),
                                       bytes.begin() + static_cast<std::ptrdiff_t>(size));
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

void run_cut(const std::vector<std::uint8_t>& bytes) {
  for (std::size_t part = 0; part <= 16; ++part) run_exactly(bytes, bytes.size() * part / 16);
}

// The lines of a parser's case file: each alone, and all below each other.
int replay_cases(const std::filesystem::path& file) {
  constexpr std::string_view kWords[] = {"line ", "heading "};
  std::ifstream in(file);
  std::vector<std::uint8_t> all;
  int lines = 0;
  for (std::string text; std::getline(in, text);) {
    for (const auto word : kWords) {
      if (!text.starts_with(word)) continue;
      const std::vector<std::uint8_t> line(text.begin() + static_cast<std::ptrdiff_t>(word.size()),
                                           text.end());
      run_cut(line);
      all.insert(all.end(), line.begin(), line.end());
      all.push_back('\n');
      ++lines;
    }
  }
  run_cut(all);
  return lines;
}

int replay(const std::filesystem::path& folder) {
  if (folder.extension() == ".case") return replay_cases(folder);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    run_cut(bytes_of(entry.path()));
    ++files;
  }
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const int files = replay(argv[i]);
    if (files == 0) {
      std::fprintf(stderr, "%s: no corpus file\n", argv[i]);
      return 1;
    }
    std::printf("%s: %d inputs\n", argv[i], files);
  }
  return argc > 1 ? 0 : 1;
}

#pragma once
// What is wrong with a template, each finding with its place and what to do about it. Readers go on
// after a finding, so that one run tells the author as much as possible.
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml.h"
#include "model/app.h"

namespace sextant::templates {

struct Diagnostic {
  model::Position at;
  std::string message;  // what is wrong
  std::string hint;     // what to do; may be empty
};

// "template.yaml:12:5: unknown property 'Handlr' of AWS::Serverless::Function; did you mean
// 'Handler'?"
std::string to_text(const Diagnostic& diagnostic);
std::string to_text(const std::vector<Diagnostic>& diagnostics);  // one a line

using yaml::Where;

class Diagnostics {
 public:
  explicit Diagnostics(std::string file) : file_(std::move(file)) {}
  // Beyond kMax they are only counted.
  void add(Where at, std::string message, std::string hint = {});
  bool empty() const { return found_.empty(); }
  std::size_t count() const { return found_.size() + left_out_; }
  model::Position position(Where at) const { return {file_, at.line, at.column}; }
  std::vector<Diagnostic> take() &&;  // in the order of the text, each once

  static constexpr std::size_t kMax = 100;

 private:
  std::string file_;
  std::vector<Diagnostic> found_;
  std::size_t left_out_ = 0;
};

}  // namespace sextant::templates

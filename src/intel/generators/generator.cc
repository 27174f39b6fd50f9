#include "intel/generators/generator.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/time_text.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kSlices = 1'440;  // of the whole time, each with a rate of its own

}  // namespace

Rhythm::Rhythm(const GeneratorOptions& options)
    : start_(options.start), duration_(options.duration), lines_(options.lines) {
  double sum = 0;
  for (std::size_t i = 0; i < kSlices; ++i) {
    const auto at = options.start.time_since_epoch() +
                    options.duration * static_cast<std::int64_t>(i) / std::int64_t{kSlices};
    const auto day = std::chrono::duration<double, std::ratio<86'400>>(at).count();
    constexpr double kBusiest = 19.0 / 24;
    sum += 1 + 0.65 * std::cos(2 * std::numbers::pi * (day - kBusiest));
    ends_.push_back(sum);
  }
  for (auto& end : ends_) end /= sum;
}

// The time at which as large a share of the lines is made as of the rhythm has passed.
std::int64_t Rhythm::time_of(std::uint64_t number, Dice& dice) {
  const auto share = (static_cast<double>(number) + 0.5) / static_cast<double>(lines_);
  while (slice_ + 1 < kSlices && ends_[slice_] < share) ++slice_;
  const auto begin = slice_ == 0 ? 0 : ends_[slice_ - 1];
  const auto inside = std::clamp((share - begin) / (ends_[slice_] - begin), 0.0, 1.0);
  const auto passed = (static_cast<double>(slice_) + inside) / static_cast<double>(kSlices);
  const auto micros = static_cast<double>(duration_.count()) * passed;
  const auto disorder = std::min<std::int64_t>(3'000'000, duration_.count() / 100);
  const auto back = static_cast<std::int64_t>(
      dice.below(static_cast<std::uint64_t>(std::max<std::int64_t>(1, disorder))));
  return start_.time_since_epoch().count() +
         std::max<std::int64_t>(0, static_cast<std::int64_t>(micros) - back);
}

void TrafficGenerator::plan() {
  for (auto& campaign : plan_campaigns(options_.attacks, options_.lines, dice_)) {
    campaigns_.push(std::move(campaign));
  }
}

void TrafficGenerator::next_attack(Truth& told) {
  auto campaign = campaigns_.top();
  campaigns_.pop();
  attack(campaign);
  told.kind = LineKind::Attack;
  told.campaign = campaign.id;
  told.technique = campaign.technique;
  campaign.next_line = made_ + 1 + dice_.below(2 * campaign.lines_between);
  if (--campaign.requests_left > 0) campaigns_.push(std::move(campaign));
}

bool TrafficGenerator::next(std::string& out, Truth* truth) {
  if (made_ == options_.lines) return false;
  const auto time_us = rhythm_.time_of(made_, dice_);
  Truth told{.number = made_, .time = Time(Duration(time_us)), .source_ip = {}};
  begin(time_us);
  if (!campaigns_.empty() && campaigns_.top().next_line <= made_) {
    next_attack(told);
  } else {
    ordinary();
    if (dice_.chance(options_.odd_share)) {
      make_odd();
      told.kind = LineKind::Odd;
    }
  }
  const auto begin_of_line = out.size();
  write(out);
  if (told.kind != LineKind::Attack && dice_.chance(options_.malformed_share)) {
    broken_.assign(out, begin_of_line);
    make_malformed(broken_);
    out.replace(begin_of_line, std::string::npos, broken_);
    told.kind = LineKind::Malformed;
  }
  out += line_end();
  told.source_ip = source();
  if (truth != nullptr) *truth = told;
  ++made_;
  return true;
}

std::string object_text(LogGenerator& generator) {
  auto text = generator.heading();
  const auto begin = text.size();
  auto end = begin;
  while (generator.next(text, nullptr)) {
    end = text.size();
    text += generator.between();
  }
  text.resize(end);
  return text.append(generator.footing());
}

std::string truth_json(const Truth& truth, std::string_view object, std::uint64_t line,
                       std::uint64_t offset) {
  std::string json = "{\"campaign\":" + std::to_string(truth.campaign);
  json.append(",\"technique\":\"").append(name_of(truth.technique));
  json.append("\",\"attack_id\":\"").append(attack_id_of(truth.technique));
  json.append("\",\"source_ip\":\"").append(truth.source_ip);
  json.append("\",\"time\":\"").append(iso8601(truth.time));
  json.append("\",\"object\":\"").append(object);
  json.append("\",\"line\":").append(std::to_string(line));
  json.append(",\"offset\":").append(std::to_string(offset)).append("}");
  return json;
}

}  // namespace sextant::intel

#pragma once
// Repeatable chance for generators: the same seed gives the same sequence on every machine and with
// every standard library.
#include <cmath>
#include <cstdint>
#include <vector>

namespace sextant::intel {

// SplitMix64 (Steele, Lea, Flood 2014).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    auto z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 … count-1, even enough for counts far below 2^32.
  std::uint64_t below(std::uint64_t count) { return (next() >> 32) * count >> 32; }
  bool chance(double odds) { return static_cast<double>(next() >> 11) * 0x1p-53 < odds; }

 private:
  std::uint64_t state_;
};

// Draws 0 … weights-1 in proportion to weights, in constant time (Walker's alias method).
class Choice {
 public:
  explicit Choice(const std::vector<double>& weights) : cells_(weights.size()) {
    double sum = 0;
    for (const auto weight : weights) sum += weight;
    std::vector<double> share;
    std::vector<std::uint32_t> small;
    std::vector<std::uint32_t> large;
    for (std::uint32_t i = 0; i < weights.size(); ++i) {
      share.push_back(weights[i] * static_cast<double>(weights.size()) / sum);
      (share[i] < 1 ? small : large).push_back(i);
    }
    while (!small.empty() && !large.empty()) {
      const auto low = small.back();
      const auto high = large.back();
      small.pop_back();
      cells_[low] = {to_odds(share[low]), high};
      share[high] -= 1 - share[low];
      if (share[high] >= 1) continue;
      large.pop_back();
      small.push_back(high);
    }
    for (const auto i : small) cells_[i] = {UINT32_MAX, i};
    for (const auto i : large) cells_[i] = {UINT32_MAX, i};
  }
  std::size_t draw(Dice& dice) const {
    const auto bits = dice.next();
    const auto at = static_cast<std::size_t>((bits >> 32) * cells_.size() >> 32);
    return static_cast<std::uint32_t>(bits) <= cells_[at].odds ? at : cells_[at].other;
  }

 private:
  struct Cell {
    std::uint32_t odds = 0;
    std::uint32_t other = 0;
  };
  static std::uint32_t to_odds(double share) {
    return static_cast<std::uint32_t>(share * 0xFFFFFFFFp0);
  }
  std::vector<Cell> cells_;
};

// Weights 1, 1/2^s, 1/3^s …: how visitors and pages are spread.
inline Choice zipf(std::size_t count, double exponent) {
  std::vector<double> weights;
  for (std::size_t rank = 1; rank <= count; ++rank) {
    weights.push_back(std::pow(static_cast<double>(rank), -exponent));
  }
  return Choice(weights);
}

}  // namespace sextant::intel

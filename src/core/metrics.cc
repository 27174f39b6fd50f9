#include "core/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <variant>

#include "core/result.h"

namespace sextant::metrics {
namespace {

constexpr std::array<double, 19> kBounds{0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01,
                                         0.02,   0.05,   0.1,    0.2,   0.5,   1,     2,
                                         5,      10,     20,     50,    100};

std::string escaped(std::string_view text, bool quotes_too) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out.append("\\n");
      continue;
    }
    if (c == '\\' || (c == '"' && quotes_too)) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

// {a="1",b="2"} without the braces, sorted: also the identity of a series within its family.
std::string labels_text(Labels labels) {
  std::ranges::sort(labels);
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!text.empty()) text.push_back(',');
    text.append(name).append("=\"").append(escaped(value, true)).push_back('"');
  }
  return text;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

template <typename Metric>
using Held = std::shared_ptr<Metric>;
using Series = std::variant<Held<Counter>, Held<Gauge>, Held<Histogram>>;

std::string braces(std::string_view labels) {
  return labels.empty() ? std::string() : fmt::format("{{{}}}", labels);
}

struct SeriesWriter {
  std::string& out;
  std::string_view name;
  std::string_view labels;

  void line(std::string_view suffix, std::string_view line_labels, std::string_view value) const {
    fmt::format_to(std::back_inserter(out), "{}{}{} {}\n", name, suffix, braces(line_labels),
                   value);
  }
  void operator()(const Held<Counter>& counter) const {
    line("", labels, std::to_string(counter->value()));
  }
  void operator()(const Held<Gauge>& gauge) const {
    line("", labels, std::to_string(gauge->value()));
  }
  void operator()(const Held<Histogram>& histogram) const {
    const auto shot = histogram->snapshot();
    const std::string prefix = labels.empty() ? std::string() : std::string(labels) + ",";
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < shot.counts.size(); ++i) {
      below += shot.counts[i];
      const std::string bound = i < shot.bounds.size() ? number_text(shot.bounds[i]) : "+Inf";
      line("_bucket", fmt::format("{}le=\"{}\"", prefix, bound), std::to_string(below));
    }
    line("_sum", labels, number_text(shot.sum));
    line("_count", labels, std::to_string(below));
  }
};

std::string_view type_of(const Series& series) {
  static constexpr std::array<std::string_view, 3> kTypes{"counter", "gauge", "histogram"};
  return kTypes[series.index()];
}

}  // namespace

struct Registry::Family {
  std::string help;
  std::map<std::string, Series> series = {};  // by labels_text
  Kind collected_kind = Kind::Gauge;
  std::function<std::vector<Sample>()> collect = {};  // then there are no series

  template <typename Metric>
  Metric& get_or_make(const std::string& labels) {
    auto [found, fresh] = series.try_emplace(labels, std::make_shared<Metric>());
    auto* held = std::get_if<Held<Metric>>(&found->second);
    SX_CHECK(held != nullptr && !collect);  // one name has one type
    SX_CHECK(series.begin()->second.index() == series.rbegin()->second.index());
    return **held;
  }
};

namespace {

template <typename Metric, typename Families>
Metric& get_or_make(Families& all, std::string_view name, std::string_view help, Labels labels) {
  const std::string key = labels_text(std::move(labels));
  return all.with([&](auto& families) -> std::reference_wrapper<Metric> {
    auto& family = families[std::string(name)];
    using Family = typename std::remove_reference_t<decltype(family)>::element_type;
    if (!family) family = std::make_shared<Family>(Family{.help = std::string(help)});
    return family->template get_or_make<Metric>(key);
  });
}

}  // namespace

void Histogram::observe(double seconds) {
  if (!(seconds > 0)) seconds = 0;
  const auto bucket = std::ranges::lower_bound(kBounds, seconds) - kBounds.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  const double micros = std::min(seconds, 1e9) * 1e6;
  sum_micros_.fetch_add(static_cast<std::uint64_t>(micros), std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
  static_assert(kBuckets == kBounds.size() + 1);
  Snapshot shot{.bounds = {kBounds.begin(), kBounds.end()}, .counts = {}};
  for (const auto& count : counts_) shot.counts.push_back(count.load(std::memory_order_relaxed));
  shot.sum = static_cast<double>(sum_micros_.load(std::memory_order_relaxed)) / 1e6;
  return shot;
}

Counter& Registry::counter(std::string_view name, std::string_view help, Labels labels) {
  return get_or_make<Counter>(families_, name, help, std::move(labels));
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, Labels labels) {
  return get_or_make<Gauge>(families_, name, help, std::move(labels));
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, Labels labels) {
  return get_or_make<Histogram>(families_, name, help, std::move(labels));
}

void Registry::collect(std::string_view name, std::string_view help, Kind kind,
                       std::function<std::vector<Sample>()> read) {
  families_.with([&](auto& families) {
    auto& family = families[std::string(name)];
    SX_CHECK(!family || family->series.empty());  // one name has one type
    family = std::make_shared<Family>(
        Family{.help = std::string(help), .collected_kind = kind, .collect = std::move(read)});
  });
}

// Copied under the lock, written after it: a reader may take its time, or ask this registry.
std::string Registry::prometheus() const {
  const auto families = families_.with([](const auto& all) {
    std::vector<std::pair<std::string, Family>> copy;
    for (const auto& [name, family] : all) copy.emplace_back(name, *family);
    return copy;
  });
  std::string out;
  const auto head = [&](std::string_view name, std::string_view help, std::string_view type) {
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name,
                   escaped(help, false), name, type);
  };
  for (const auto& [name, family] : families) {
    if (family.collect) {
      head(name, family.help, family.collected_kind == Kind::Counter ? "counter" : "gauge");
      for (const auto& [labels, value] : family.collect())
        SeriesWriter{out, name, labels_text(labels)}.line("", labels_text(labels),
                                                          number_text(value));
      continue;
    }
    head(name, family.help, type_of(family.series.begin()->second));
    for (const auto& [labels, series] : family.series)
      std::visit(SeriesWriter{out, name, labels}, series);
  }
  return out;
}

}  // namespace sextant::metrics

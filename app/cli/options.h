#pragma once
// The options that several commands share, as they were typed, and what becomes of them.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/images/preprocess.h"
#include "core/plan/plan.h"

namespace quantwright::cli {

/// Where the network's input comes from.
struct InputOptions {
    std::string images;
    std::vector<std::string> inputs;        ///< NAME=DIR|LIST
    std::vector<std::string> input_shapes;  ///< NAME=1,3,224,224
    std::string labels, classes;
    std::int64_t count = -1;
    std::uint64_t seed = 0;
    std::string preprocess, mean, std, color;
    std::optional<int> size;
    std::vector<std::string> dtypes, shapes;  ///< of .raw files: DTYPE or NAME=DTYPE, 1,2,3 or NAME=1,2,3
    int threads = 0;

    [[nodiscard]] bool any_source() const { return !images.empty() || !inputs.empty(); }
};
void add_shape_option(CLI::App& app, InputOptions& options);
void add_input_options(CLI::App& app, InputOptions& options);  ///< all of them
/// Errors: usage. Before any work.
Status check(const InputOptions& options);

/// "1,3,224,224". Errors: usage with `subject`.
Result<Shape> parse_shape(const std::string& text, const std::string& subject);
Result<std::map<std::string, Shape>> parse_input_shapes(const InputOptions& options);
Result<PreprocessOverrides> parse_overrides(const InputOptions& options);
/// "NAME=VALUE", of which either may have a '=': the longest of `names` that fits is the name, else what
/// stands before the first '='. `subject` is the option.
Result<std::pair<std::string, std::string>> parse_assignment(const std::string& text,
                                                             const std::string& subject,
                                                             const std::vector<std::string>& names = {});
/// "NAME=VALUE" whose value has no '='. Empty without a name or value.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> split_assignment(const std::string& text);

/// What the plan is made of.
struct PlanOptions {
    std::string target, preset, plan, mode;
    std::string activation, weight, symmetric, granularity, block_size, threshold, percentile;
    std::vector<std::string> floats, sets, truncate;
};
void add_target_option(CLI::App& app, PlanOptions& options);
void add_plan_options(CLI::App& app, PlanOptions& options);
/// Names and values that don't exist, before any work. Errors: usage.
Status check(const PlanOptions& options);
/// `base` or the plan file, then the options. Globs that match no layer become problems. Errors: plan.*.
Result<Plan> make_plan(const PlanOptions& options, const Prepared& prepared, std::vector<Problem>& problems,
                       std::optional<Plan> base = {});

/// usage unless `value` is empty or one of `allowed`; values of `later` are named as not there yet.
Status check_choice(const std::string& option, const std::string& value,
                    const std::vector<std::string>& allowed, const std::vector<std::string>& later = {});

}  // namespace quantwright::cli

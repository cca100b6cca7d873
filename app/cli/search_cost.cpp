#include "app/cli/search_cost.h"

#include <limits>
#include <optional>

#include "app/cli/options.h"
#include "app/cli/saved_host.h"
#include "core/board/history.h"
#include "core/board/measured_costs.h"
#include "core/search/search.h"
#include "widgets/results/format.h"

namespace quantwright::cli {

namespace {

constexpr std::string_view k_board = "board:";

/// Every layer as it would be in float.
Result<std::shared_ptr<const Resolved>> all_float(const Resolved& resolved) {
    Plan plan;
    plan.target = resolved.plan.target;
    plan.defaults.set(Field::mode, "float");
    return resolve(resolved.prepared, resolved.statistics, plan);
}

/// What converting so many elements takes there: as long as the quickest elementwise float layer that reads
/// and writes as many.
double conversion_ms(const MeasuredCosts& costs, double elements) {
    std::optional<double> least;
    for (const char* kind : {"Add", "Mul", "Relu", "Clip", "Sigmoid", "MaxPool"}) {
        const LayerCost cost = costs.predict(LayerShape{kind, {}, 2 * elements}, k_float_format);
        if (cost.basis != LayerCost::Basis::unknown)
            least = std::min(least.value_or(cost.latency_us), cost.latency_us);
    }
    return least.value_or(0) / 1000;
}

Result<SearchCost> board_cost(const std::string& option, const Resolved& resolved) {
    const auto read = BoardHistory(history_folder()).read(option.substr(k_board.size()));
    if (!read)
        return fail(read);
    const MeasuredCosts costs(read->records);
    if (costs.empty())
        return wrong_usage("--cost " + option, Cli::tr("nothing was measured on this board yet: board deploy "
                                                       "--profile with --against does that"));
    const auto floats = all_float(resolved);
    if (!floats)
        return fail(floats);
    const int base = costs.predict(resolved).unknown, unknown = costs.predict(**floats).unknown;
    if (unknown > 0)
        return wrong_usage("--cost " + option,
                           Cli::tr("%n layer(s) like this model's were not measured in float there: board "
                                   "deploy --profile with --against does that",
                                   nullptr, unknown));
    const auto of = [costs, base](const Resolved& plan) {
        const PlanCost cost = costs.predict(plan);
        return cost.unknown > base ? std::numeric_limits<double>::infinity()
                                   : cost.ms + conversion_ms(costs, converted_elements(plan));
    };
    return SearchCost{option, of, milliseconds, Cli::tr("Predicted latency")};
}

}  // namespace

Status check_cost(const std::string& option) {
    if (option.starts_with(k_board) && option.size() > k_board.size())
        return {};
    return check_choice("--cost", option, {"bytes", "macs", "board:NAME"});
}

Result<SearchCost> search_cost(const std::string& option, const Resolved& resolved) {
    if (option == "macs")
        return SearchCost{option, weighted_macs,
                          [](double cost) { return large(static_cast<std::int64_t>(cost)); },
                          Cli::tr("8-bit multiply-accumulates")};
    if (option.starts_with(k_board))
        return board_cost(option, resolved);
    return SearchCost{
        option, {}, [](double cost) { return bytes(static_cast<std::int64_t>(cost)); }, Cli::tr("File")};
}

}  // namespace quantwright::cli

#include "core/board/measured_costs.h"

#include <algorithm>

namespace quantwright {

namespace {

/// Of an even number the mean of the two in the middle.
double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

MeasuredCosts::MeasuredCosts(const std::vector<BoardRecord>& records) {
    std::vector<const BoardRecord*> used;
    for (const BoardRecord& record : records)
        if (record.same_conditions(records.back()))
            used.push_back(&record);
    if (std::any_of(used.begin(), used.end(), [](const auto* record) { return !record->disturbed(); }))
        std::erase_if(used, [](const auto* record) { return record->disturbed(); });
    std::map<std::string, std::string> kinds;
    for (const BoardRecord* record : used) {
        take(record->deployed, kinds);
        if (record->float_model)
            take(*record->float_model, kinds);
    }
    for (const auto& [key, formats] : m_shapes)
        for (const auto& [format, times] : formats) {
            Rate& rate = m_rates[{kinds[key], format}];
            rate.us += median(times.us);
            rate.latency_us += median(times.latency_us);
            rate.work += times.work;
        }
}

void MeasuredCosts::take(const ModelMeasurement& measurement, std::map<std::string, std::string>& kinds) {
    double told = 0;
    for (const LayerMeasurement& layer : measurement.layers)
        told += layer.us;
    if (told <= 0)
        return;
    const double scale = measurement.latency.p50_ms * 1000 / told;
    for (const LayerMeasurement& layer : measurement.layers) {
        Times& times = m_shapes[layer.shape.key][layer.format];
        times.us.push_back(layer.us);
        times.latency_us.push_back(layer.us * scale);
        times.work = layer.shape.work;
        kinds[layer.shape.key] = layer.shape.kind;
    }
}

LayerCost MeasuredCosts::predict(const LayerShape& shape, const std::string& format) const {
    if (const auto found = m_shapes.find(shape.key); found != m_shapes.end())
        if (const auto times = found->second.find(format); times != found->second.end())
            return {LayerCost::Basis::measured, median(times->second.us), median(times->second.latency_us)};
    const auto rate = m_rates.find({shape.kind, format});
    if (rate == m_rates.end() || rate->second.work <= 0)
        return {};
    const double share = shape.work / rate->second.work;
    return {LayerCost::Basis::estimated, rate->second.us * share, rate->second.latency_us * share};
}

PlanCost MeasuredCosts::predict(const Resolved& resolved) const {
    PlanCost cost;
    for (std::size_t i = 0; i < resolved.layers.size(); ++i) {
        const int layer = static_cast<int>(i);
        const LayerCost one = predict(layer_shape(*resolved.prepared, layer), cost_format(resolved, layer));
        cost.ms += one.latency_us / 1000;
        ++(one.basis == LayerCost::Basis::measured    ? cost.measured
           : one.basis == LayerCost::Basis::estimated ? cost.estimated
                                                      : cost.unknown);
    }
    return cost;
}

std::vector<std::string> MeasuredCosts::formats_of(const LayerShape& shape) const {
    std::vector<std::string> formats;
    if (const auto found = m_shapes.find(shape.key); found != m_shapes.end())
        for (const auto& [format, times] : found->second)
            formats.push_back(format);
    return formats;
}

}  // namespace quantwright

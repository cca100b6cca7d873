#include "core/number/metrics.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace quantwright {
namespace {

/// Independent sums that the compiler keeps in vector registers; a fixed number, so that the result is the
/// same on every machine.
constexpr std::size_t lanes = 8;
using Lanes = std::array<double, lanes>;

double sum(const Lanes& values) {
    double total = 0;
    for (const double value : values)
        total += value;
    return total;
}

struct BlockSums {
    Lanes signal{}, noise{}, abs{}, max{}, dot{}, value{};

    void add(std::size_t lane, double f, double q) {
        const double difference = q - f;
        const double magnitude = std::fabs(difference);
        signal[lane] += f * f;
        noise[lane] += difference * difference;
        abs[lane] += magnitude;
        max[lane] = magnitude > max[lane] ? magnitude : max[lane];
        dot[lane] += f * q;
        value[lane] += q * q;
    }
};

/// A mask of infinities that both tensors have is no error.
BlockSums without_equal_infinities(std::span<const float> reference, std::span<const float> value) {
    BlockSums sums;
    for (std::size_t i = 0; i < reference.size(); ++i)
        if (!std::isinf(reference[i]) || reference[i] != value[i])
            sums.add(0, reference[i], value[i]);
    return sums;
}

}  // namespace

void ErrorSums::add(std::span<const float> reference, std::span<const float> value) {
    assert(reference.size() == value.size());
    BlockSums sums;
    const std::size_t whole = reference.size() / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sums.add(lane, reference[i + lane], value[i + lane]);
    for (std::size_t i = whole; i < reference.size(); ++i)
        sums.add(i - whole, reference[i], value[i]);
    if (!std::isfinite(sum(sums.noise)))
        sums = without_equal_infinities(reference, value);

    m_count += static_cast<std::int64_t>(reference.size());
    m_signal += sum(sums.signal);
    m_noise += sum(sums.noise);
    m_abs += sum(sums.abs);
    m_max = std::max(m_max, *std::max_element(sums.max.begin(), sums.max.end()));
    m_dot += sum(sums.dot);
    m_value += sum(sums.value);
    if (!std::isfinite(m_noise))  // a NaN or an infinity was among them
        m_noise = m_abs = m_max = std::numeric_limits<double>::infinity();
}

void ErrorSums::add(const ErrorSums& other) {
    m_signal += other.m_signal;
    m_noise += other.m_noise;
    m_abs += other.m_abs;
    m_max = std::max(m_max, other.m_max);
    m_dot += other.m_dot;
    m_value += other.m_value;
    m_count += other.m_count;
}

ErrorSums ErrorSums::from(const Kept& kept, std::int64_t count) {
    ErrorSums sums;
    sums.m_signal = kept[0];
    sums.m_noise = kept[1];
    sums.m_abs = kept[2];
    sums.m_max = kept[3];
    sums.m_dot = kept[4];
    sums.m_value = kept[5];
    sums.m_count = count;
    return sums;
}

std::optional<double> ErrorSums::snr_db() const {
    if (m_noise == 0)
        return std::nullopt;
    if (!std::isfinite(m_noise))
        return -std::numeric_limits<double>::infinity();
    return 10 * std::log10(m_signal / m_noise);
}

double ErrorSums::mean_squared_error() const {
    return m_count == 0 ? 0 : m_noise / static_cast<double>(m_count);
}

double ErrorSums::mean_abs_error() const {
    return m_count == 0 ? 0 : m_abs / static_cast<double>(m_count);
}

double ErrorSums::cosine() const {
    if (!std::isfinite(m_noise))
        return 0;
    if (m_signal == 0 && m_value == 0)
        return 1;
    const double norms = std::sqrt(m_signal) * std::sqrt(m_value);
    return norms > 0 ? std::clamp(m_dot / norms, -1.0, 1.0) : 0;
}

}  // namespace quantwright

#pragma once
// How far apart two tensors are. Sums in double.
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace quantwright {

/// Pools over everything that was added. SNR in dB: 10 log10(sum f^2 / sum (q - f)^2), higher is better.
/// Equal infinities on both sides are no error; any other NaN or infinity is infinite noise: SNR -infinity,
/// errors +infinity, cosine 0.
class ErrorSums {
public:
    void add(std::span<const float> reference, std::span<const float> value);
    void add(const ErrorSums& other);

    [[nodiscard]] std::optional<double> snr_db() const;  ///< empty when the noise is zero
    [[nodiscard]] double mean_squared_error() const;
    [[nodiscard]] double mean_abs_error() const;
    [[nodiscard]] double max_abs_error() const { return m_max; }
    [[nodiscard]] double cosine() const;  ///< of everything pooled; 1 for two zero vectors
    [[nodiscard]] std::int64_t count() const { return m_count; }

    /// All that it holds, to be kept: signal, noise, |error|, its largest, dot product, signal of the values.
    using Kept = std::array<double, 6>;
    [[nodiscard]] Kept kept() const { return {m_signal, m_noise, m_abs, m_max, m_dot, m_value}; }
    [[nodiscard]] static ErrorSums from(const Kept& kept, std::int64_t count);

private:
    double m_signal = 0, m_noise = 0, m_abs = 0, m_max = 0, m_dot = 0, m_value = 0;
    std::int64_t m_count = 0;
};

}  // namespace quantwright

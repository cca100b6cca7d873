#pragma once
// What an analysis has measured so far: for each kind of figure and each group of layers what every image
// added. All figures are pooled from these, so an analysis that goes on with what an earlier one left behind
// gives the same values.
#include <array>
#include <cstddef>
#include <functional>
#include <vector>

#include "core/analyze/probes.h"
#include "core/base/json.h"

namespace quantwright {

class Measurements {
public:
    enum class Kind {
        alone,
        weights,
        activations,
        without,
        accumulated,
        all,  ///< everything quantized: group 0
    };
    static constexpr std::size_t k_kinds = 6;

    explicit Measurements(std::size_t groups);

    /// By image, from the first on in the analysis' order.
    [[nodiscard]] const std::vector<ProbeError>& of(Kind kind, std::size_t group) const;
    [[nodiscard]] bool known(Kind kind, std::size_t group, std::size_t images) const {
        return of(kind, group).size() >= images;
    }
    /// The next image's. May be called from several threads for different groups.
    void add(Kind kind, std::size_t group, ProbeError error);
    [[nodiscard]] std::size_t size() const;  ///< of all kinds and groups

    /// Called by add(), from its thread: [kind, group, what the image added].
    std::function<void(const Json&)> added;
    /// Takes what `added` was given. False: it makes no sense here.
    [[nodiscard]] bool restore(const Json& json);

private:
    std::array<std::vector<std::vector<ProbeError>>, k_kinds> m_errors;  ///< by kind, group, image
};

}  // namespace quantwright

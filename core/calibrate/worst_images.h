#pragma once
// The images in which a tensor is largest.
#include <algorithm>
#include <vector>

#include "core/calibrate/statistics.h"

namespace quantwright {

class WorstImages {
public:
    /// Equal ones in the order of their names, so that it doesn't matter who came first.
    void add(TensorStatistics::ImageExtreme image) {
        const auto before = [](const auto& a, const auto& b) {
            return a.max_abs > b.max_abs || (a.max_abs == b.max_abs && a.image < b.image);
        };
        if (m_images.size() == k_most && !before(image, m_images.back()))
            return;
        m_images.insert(std::upper_bound(m_images.begin(), m_images.end(), image, before), std::move(image));
        if (m_images.size() > k_most)
            m_images.pop_back();
    }
    [[nodiscard]] std::vector<TensorStatistics::ImageExtreme> take() { return std::move(m_images); }

    static constexpr std::size_t k_most = 6;

private:
    std::vector<TensorStatistics::ImageExtreme> m_images;
};

}  // namespace quantwright

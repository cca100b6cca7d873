#pragma once
// The images in which a tensor is largest.
#include <algorithm>
#include <vector>

#include "core/calibrate/statistics.h"

namespace quantwright {

class WorstImages {
public:
    /// Equal ones in the order of their names, so that it doesn't matter who came first.
    void add(const std::string& image, float max_abs) {
        const auto place = std::find_if(m_images.begin(), m_images.end(), [&](const auto& other) {
            return max_abs > other.max_abs || (max_abs == other.max_abs && image < other.image);
        });
        if (place == m_images.end() && m_images.size() == k_most)
            return;
        m_images.insert(place, {image, max_abs});
        if (m_images.size() > k_most)
            m_images.pop_back();
    }
    [[nodiscard]] std::vector<TensorStatistics::ImageExtreme> take() { return std::move(m_images); }

    static constexpr std::size_t k_most = 6;

private:
    std::vector<TensorStatistics::ImageExtreme> m_images;
};

}  // namespace quantwright

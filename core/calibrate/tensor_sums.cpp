#include "core/calibrate/tensor_sums.h"

#include <algorithm>
#include <cmath>

namespace quantwright {

TensorSums::TensorSums(const Observation& observation)
    : m_axis(observation.channel_axis()), m_channels(observation.channel_count()) {}

void TensorSums::add(const ImageSummary& image, const std::string& name) {
    if (image.count == 0)
        return;
    if (m_axis >= 0)
        add_channels(image.channels);
    const bool first = m_count == m_not_finite;
    m_count += image.count;
    m_not_finite += image.not_finite;
    if (image.count == image.not_finite)
        return;
    m_min = first ? image.min : std::min(m_min, image.min);
    m_max = first ? image.max : std::max(m_max, image.max);
    const Range range{static_cast<float>(image.min), static_cast<float>(image.max)};
    m_moving.add({&range, 1});
    m_sum += image.sum;
    m_squares += image.squares;
    m_worst.add(name, static_cast<float>(std::max(std::fabs(image.min), std::fabs(image.max))));
}

void TensorSums::add_channels(const std::vector<Range>& image) {
    // Another number of channels, or infinities: nothing sensible can be said.
    if (image.size() != m_channels.size()) {
        m_axis = -1;
        m_channels.clear();
        m_moving_channels = {};
        return;
    }
    if (m_moving_channels.images == 0)
        m_channels = image;
    for (std::size_t c = 0; c < m_channels.size(); ++c)
        m_channels[c] = {std::min(m_channels[c].min, image[c].min),
                         std::max(m_channels[c].max, image[c].max)};
    m_moving_channels.add(image);
}

TensorStatistics TensorSums::result(std::string name) {
    TensorStatistics tensor;
    tensor.name = std::move(name);
    tensor.range = {static_cast<float>(m_min), static_cast<float>(m_max)};
    if (const double finite = m_count - m_not_finite; finite > 0) {
        tensor.mean = m_sum / finite;
        tensor.std = std::sqrt(std::max(0.0, m_squares / finite - tensor.mean * tensor.mean));
    }
    tensor.count = static_cast<std::int64_t>(m_count);
    tensor.not_finite = static_cast<std::int64_t>(m_not_finite);
    tensor.channel_axis = m_axis;
    tensor.channels = std::move(m_channels);
    tensor.moving = std::move(m_moving);
    tensor.moving_channels = std::move(m_moving_channels);
    tensor.worst_images = m_worst.take();
    return tensor;
}

}  // namespace quantwright

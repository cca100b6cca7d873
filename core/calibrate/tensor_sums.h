#pragma once
// What is added up image by image, in list order: sums, extremes by channel, moving averages, worst images.
#include <string>

#include "core/calibrate/observation.h"
#include "core/calibrate/worst_images.h"

namespace quantwright {

/// Of one tensor; of its finite elements where it holds infinities. One thread.
class TensorSums {
public:
    explicit TensorSums(const Observation& observation);

    /// Not of images with NaN.
    void add(const ImageSummary& image, const std::string& name);
    /// Once, at the end. The histogram isn't of this class: it doesn't depend on the order.
    [[nodiscard]] TensorStatistics result(std::string name);

private:
    void add_channels(const std::vector<Range>& image);

    int m_axis;  // -1: no ranges by channel
    std::vector<Range> m_channels;
    MovingRanges m_moving, m_moving_channels;
    double m_min = 0, m_max = 0, m_sum = 0, m_squares = 0;
    double m_count = 0, m_not_finite = 0;
    WorstImages m_worst;
};

}  // namespace quantwright

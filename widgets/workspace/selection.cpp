#include "widgets/workspace/selection.h"

#include <algorithm>

namespace quantwright {

bool Selection::contains(int layer) const {
    return std::binary_search(m_layers.begin(), m_layers.end(), layer);
}

void Selection::set(std::vector<int> layers, int current) {
    std::sort(layers.begin(), layers.end());
    layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
    const auto has = [&layers](int layer) { return std::binary_search(layers.begin(), layers.end(), layer); };
    if (!has(current))
        current = has(m_current) ? m_current : layers.empty() ? -1 : layers.front();
    if (layers == m_layers && current == m_current)
        return;
    m_layers = std::move(layers);
    m_current = current;
    emit changed();
}

}  // namespace quantwright

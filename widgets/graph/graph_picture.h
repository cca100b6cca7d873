#pragma once
// A scene with its layout, ready to be painted: finds what is visible and draws it.
#include <QHash>
#include <QPainterPath>
#include <QRectF>
#include <QSet>
#include <memory>
#include <optional>
#include <vector>

#include "widgets/graph/graph_scene.h"
#include "widgets/graph/layout.h"
#include "widgets/theme/palette.h"

class QPainter;

namespace quantwright {

class GraphPicture {
public:
    /// What differs from one paint to the next.
    struct State {
        const QSet<int>* selected = nullptr;     ///< ids
        const QSet<int>* highlighted = nullptr;  ///< ids
        int hovered = -1;                        ///< index
        double zoom = 1;
        QRectF visible;  ///< scene coordinates
    };

    GraphPicture();
    void set(std::shared_ptr<const GraphScene> scene, std::shared_ptr<const GraphLayout> layout);
    /// Other colours and words for the same structure.
    void setContent(std::shared_ptr<const GraphScene> scene);

    [[nodiscard]] const GraphScene& scene() const { return *m_scene; }
    [[nodiscard]] const GraphLayout& layout() const { return *m_layout; }
    [[nodiscard]] bool isEmpty() const { return m_scene->nodes.empty(); }
    [[nodiscard]] const SceneNode& node(int index) const { return m_scene->nodes[index]; }
    [[nodiscard]] QRectF rect(int index) const { return m_layout->nodes[index]; }
    [[nodiscard]] std::optional<int> indexOf(int id) const;

    [[nodiscard]] std::optional<int> nodeAt(QPointF scene) const;
    /// Indices, top row first.
    [[nodiscard]] std::vector<int> nodesIn(const QRectF& scene) const;

    /// Neighbours for walking with the keyboard: along an edge the one straightest below (above), else
    /// the next in the same row.
    [[nodiscard]] std::optional<int> below(int index) const { return straightest(m_below[index], index); }
    [[nodiscard]] std::optional<int> above(int index) const { return straightest(m_above[index], index); }
    [[nodiscard]] std::optional<int> beside(int index, bool right) const;

    /// The painter is in scene coordinates.
    void paint(QPainter& painter, const Palette& palette, const State& state) const;

private:
    void paintFrames(QPainter& painter, const Palette& palette, const State& state) const;
    void paintEdges(QPainter& painter, const Palette& palette, const State& state) const;
    void paintEdgeLabel(QPainter& painter, const Palette& palette, int edge) const;
    [[nodiscard]] std::optional<int> straightest(const std::vector<int>& candidates, int index) const;

    std::shared_ptr<const GraphScene> m_scene;
    std::shared_ptr<const GraphLayout> m_layout;
    QHash<int, int> m_index_of_id;
    std::vector<int> m_by_row;      ///< indices, by row, then left to right
    std::vector<int> m_row_starts;  ///< positions in m_by_row, one more than rows
    std::vector<double> m_row_tops, m_row_bottoms;
    std::vector<std::pair<int, int>> m_edge_ends;  ///< indices, -1: unknown id
    std::vector<QPainterPath> m_edge_paths;
    std::vector<QRectF> m_edge_bounds;
    std::vector<std::vector<int>> m_below, m_above;
};

/// What the layout needs to know of a scene.
[[nodiscard]] LayoutInput layoutInput(const GraphScene& scene);

}  // namespace quantwright

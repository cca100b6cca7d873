#pragma once
// What the node view shows, as values: no model, no plan, nothing to compute.
#include <QString>
#include <limits>
#include <vector>

#include "widgets/theme/heat.h"

namespace quantwright {

struct SceneNode {
    enum class Kind { Op, Input, Output };

    int id = 0;  ///< the caller's; unique in the scene
    Kind kind = Kind::Op;
    QString title;                                           ///< operator: "Conv"
    QString subtitle;                                        ///< name: "/blocks.2/expand/Conv"
    QString detail;                                          ///< short, beside the title: "96×112×112"
    QString badge;                                           ///< precision: "INT8"; empty: none
    BadgeKind badge_kind = BadgeKind::None;                  ///< None with a badge text: found from the text
    double heat = std::numeric_limits<double>::quiet_NaN();  ///< 0 harmless .. 1 worst; NaN: unknown
    QString heat_text;             ///< the number behind the colour, for the tooltip: "SNR 14.2 dB"
    bool warning = false;          ///< triangle: among the worst
    bool dashed = false;           ///< dashed border: stays in float among integers
    bool colour_by_badge = false;  ///< the stripe shows the badge's colour instead of the heat
    /// What a click on the sign in its corner does: show the parts it stands for, or put it back among the
    /// parts of one.
    enum class Mark { None, Opens, Closes } mark = Mark::None;
    int parts = 1;  ///< how many they are
    QString scope;  ///< nodes of one scope get a common frame where that is possible; empty: none
};

struct SceneEdge {
    int from = 0, to = 0;  ///< node ids
    QString label;         ///< shape: "1×96×56×56"
    bool crosses = false;  ///< float meets integer here: dashed
};

struct GraphScene {
    std::vector<SceneNode> nodes;  ///< in topological order, as the model lists them
    std::vector<SceneEdge> edges;  ///< those with unknown ends are left out of the picture
};

/// What the colours in the corner mean: a scale, or what stands beside each badge's colour. Ticks stand at
/// the borders of the scale's colours, at equal distances.
struct GraphLegend {
    struct Entry {
        BadgeKind kind = BadgeKind::Other;
        QString text;  ///< "INT8", "DYN: Dynamic"
    };
    QString title;               ///< "SNR alone, dB (lower = more sensitive)"; empty: no legend
    QString note;                ///< a line below it: what the figures are of; may be empty
    QStringList ticks;           ///< left to right: "10", "20"...; none: the title alone
    bool worst_first = true;     ///< the hottest colour stands on the left
    std::vector<Entry> entries;  ///< instead of the scale
};

/// What a node is coloured by: its heat, or its precision. Invalid: nothing is known.
[[nodiscard]] QColor stripeColor(const Palette& palette, const SceneNode& node);

/// Same nodes and edges, whatever they look like: the layout of one serves the other.
[[nodiscard]] bool sameStructure(const GraphScene& a, const GraphScene& b);

}  // namespace quantwright

#pragma once
// Every colour of the program, in one place. Both themes come from this one table.
#include <QColor>
#include <array>

class QPalette;

namespace quantwright {

struct Palette {
    bool dark = false;

    // Surfaces, from the back to the front
    QColor window;  ///< behind everything: status bar, gaps
    QColor panel;   ///< docks, menus, dialogs, tables
    QColor canvas;  ///< under the node view and the plots
    QColor card;    ///< a node
    QColor field;   ///< inputs, quiet buttons
    QColor field_hover;
    QColor line;
    QColor line_strong;  ///< field borders on hover, plot axes

    // Text
    QColor text;
    QColor quiet;  ///< labels, units, secondary lines
    QColor disabled;

    // The one accent: what is selected, or the next thing to do
    QColor accent;
    QColor accent_hover;
    QColor accent_soft;  ///< selected row, running step
    QColor on_accent;    ///< text on accent

    // Meanings
    std::array<QColor, 5> heat;  ///< least to most sensitive
    QColor in_range;             ///< histogram bars inside the clip range
    QColor clipped;              ///< histogram bars outside
    QColor better;
    QColor worse;  ///< errors, and the triangle on the worst layers
    QColor stale;  ///< warnings, results older than the plan

    // Precision badges (text on them is white in both themes)
    QColor int4, int8, int16, dynamic, weights, float16, float32, other_format;

    // Node view
    QColor edge;
    QColor frame;         ///< round a scope
    QColor frame_active;  ///< round the scope of the selection
};

[[nodiscard]] const Palette& lightPalette();
[[nodiscard]] const Palette& darkPalette();
[[nodiscard]] QPalette toQPalette(const Palette& palette);

}  // namespace quantwright

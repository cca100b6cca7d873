#pragma once
// Counts over values on a logarithmic axis: in range blue, clipped red, clip lines to drag, dashed guides.
#include <qcustomplot.h>
#include <QVector>
#include <array>
#include <optional>

#include "core/number/parameters.h"
#include "widgets/panels/histogram_data.h"

namespace quantwright {

class HistogramPlot : public QCustomPlot {
    Q_OBJECT
public:
    struct Guide {
        QString label;
        Range range;
    };

    explicit HistogramPlot(QWidget* parent = nullptr);

    void setBars(PlotBars bars);
    /// Nothing: no clip lines. `draggable`: the lines have handles.
    void setClip(std::optional<Range> clip, bool draggable, bool symmetric);
    void setGuides(const QVector<Guide>& guides);
    [[nodiscard]] std::optional<Range> clip() const { return m_clip; }
    [[nodiscard]] bool dragging() const { return m_dragged >= 0; }
    /// Where a clip line is on the widget, for whoever drags it: 0 the lower, 1 the upper.
    [[nodiscard]] QPoint handle(int which) const;

signals:
    void clipMoved(quantwright::Range clip);     ///< while dragging
    void clipReleased(quantwright::Range clip);  ///< dropped somewhere else than it was
    void clipCancelled();                        ///< dropped where it was, or Escape

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void applyTheme();
    void splitBars();
    void placeItems();
    void fitAxes();
    [[nodiscard]] int lineAt(QPoint position) const;

    struct ClipLine {
        QCPItemStraightLine* line = nullptr;
        QCPItemRect* handle = nullptr;
        QCPItemText* label = nullptr;
    };
    PlotBars m_data;
    QCPBars *m_inside, *m_outside;
    std::array<ClipLine, 2> m_lines;
    QVector<QCPAbstractItem*> m_guide_items;
    QVector<Guide> m_guides;
    std::optional<Range> m_clip, m_before;
    bool m_draggable = false, m_symmetric = false;
    int m_dragged = -1;
};

}  // namespace quantwright

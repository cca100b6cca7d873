#pragma once
// The node view: pans, zooms, selects; knows pictures of nodes, not what they compute.
#include <QSet>
#include <QVector>
#include <QWidget>
#include <memory>
#include <optional>

#include "widgets/graph/graph_picture.h"
#include "widgets/graph/graph_scene.h"
#include "widgets/graph/layout_runner.h"
#include "widgets/graph/legend.h"
#include "widgets/graph/minimap.h"
#include "widgets/graph/viewport.h"

namespace quantwright {

class GraphView : public QWidget {
    Q_OBJECT
public:
    explicit GraphView(QWidget* parent = nullptr);
    ~GraphView() override;

    /// Same structure as now: repainted at once. Otherwise laid out in the background, and the old
    /// picture stays until the new one is ready. An empty scene takes effect at once.
    void setScene(GraphScene scene);
    /// The next picture is laid out around this node: it stays where it is, the rest moves.
    void keepInPlace(int id) { m_anchor = id; }
    [[nodiscard]] const GraphScene& scene() const;  ///< the one on show
    [[nodiscard]] bool isLayoutRunning() const { return m_runner.isRunning(); }

    /// The setters emit nothing: signals tell what the user did (or what a new scene took away).
    [[nodiscard]] QVector<int> selectedIds() const;  ///< in scene order
    void setSelectedIds(const QVector<int>& ids);
    [[nodiscard]] std::optional<int> currentId() const { return m_current; }  ///< where the keyboard is
    /// Search hits.
    void setHighlighted(const QVector<int>& ids);

    /// Also before the layout is ready: done then.
    void centreOn(int id);
    void fit();

    [[nodiscard]] double zoom() const { return m_viewport.zoom(); }
    void setZoom(double zoom);  ///< about the middle of the view
    void zoomIn();
    void zoomOut();

    void setLegend(GraphLegend legend);
    void setEmptyText(const QString& text);
    void setMinimapVisible(bool visible);

    /// In the widget's coordinates; empty if the id isn't on show.
    [[nodiscard]] QRectF nodeRect(int id) const;
    [[nodiscard]] std::optional<int> nodeAt(QPointF position) const;

    [[nodiscard]] QSize sizeHint() const override { return {640, 480}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 160}; }

signals:
    void selectionChanged(const QVector<int>& ids);
    void nodeActivated(int id);  ///< double click, Enter
    void markClicked(int id);    ///< SceneNode::mark
    void zoomChanged(double zoom);
    void layoutFinished();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    enum class Drag { None, Undecided, Pan, RubberBand, Minimap };
    enum class Direction { Up, Down, Left, Right };

    void adopt(std::shared_ptr<const GraphScene> scene, std::shared_ptr<const GraphLayout> layout);
    void showStart();
    void viewMoved();
    void zoomAbout(double factor, QPointF position);
    void setSelection(QSet<int> ids, std::optional<int> current);
    void clickNode(int index, Qt::KeyboardModifiers modifiers);
    void selectInBand();
    void walk(Direction direction, bool extend);
    void makeVisible(int index);
    void moveFromMinimap(QPointF position);
    void paintContents(QPainter& painter);
    void paintEmpty(QPainter& painter) const;
    void describe();
    [[nodiscard]] QString toolTipOf(const SceneNode& node) const;
    [[nodiscard]] bool minimapShown() const;
    [[nodiscard]] std::optional<int> indexAt(QPointF position) const;

    GraphPicture m_picture;                       ///< what is painted
    std::shared_ptr<const GraphScene> m_waiting;  ///< being laid out
    LayoutRunner m_runner;
    GraphViewport m_viewport;
    Minimap m_minimap;
    GraphLegend m_legend;
    QString m_empty_text;
    bool m_minimap_wanted = true;
    bool m_fitted = false;       ///< keep fitting while the window is being sized
    bool m_start_shown = false;  ///< the first view of this picture has been chosen
    bool m_focus_frame = false;

    QSet<int> m_selected, m_highlighted;
    std::optional<int> m_current;
    std::optional<int> m_centre_when_ready, m_anchor;
    bool m_fit_when_ready = false;

    Drag m_drag = Drag::None;
    QPointF m_press, m_last;
    int m_hovered = -1;  ///< index, -1: none
};

}  // namespace quantwright

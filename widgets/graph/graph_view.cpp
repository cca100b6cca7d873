#include "widgets/graph/graph_view.h"

#include <QEvent>
#include <QPainter>
#include <QResizeEvent>
#include <cmath>
#include <utility>

#include "widgets/graph/node_painter.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace quantwright {

GraphView::GraphView(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    connect(&m_runner, &LayoutRunner::finished, this,
            [this](const std::shared_ptr<const GraphLayout>& layout) {
                adopt(std::exchange(m_waiting, nullptr), layout);
            });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_minimap.refresh();
        update();
    });
    describe();
}

GraphView::~GraphView() = default;

const GraphScene& GraphView::scene() const {
    return m_picture.scene();
}

void GraphView::setScene(GraphScene scene) {
    auto next = std::make_shared<const GraphScene>(std::move(scene));
    if (m_waiting && sameStructure(*m_waiting, *next)) {
        m_waiting = std::move(next);
        return;
    }
    if (sameStructure(m_picture.scene(), *next)) {
        m_runner.cancel();
        m_waiting.reset();
        m_picture.setContent(std::move(next));
        m_minimap.refresh();
        update();
        return;
    }
    if (next->nodes.empty()) {
        m_runner.cancel();
        m_waiting.reset();
        adopt(std::move(next), std::make_shared<const GraphLayout>());
        return;
    }
    m_waiting = std::move(next);
    m_runner.start(layoutInput(*m_waiting));
    update();
}

void GraphView::adopt(std::shared_ptr<const GraphScene> scene, std::shared_ptr<const GraphLayout> layout) {
    const auto place = [this](int id) -> std::optional<QPointF> {
        const auto index = m_picture.indexOf(id);
        return index ? std::optional(m_viewport.toWidget(m_picture.rect(*index)).center()) : std::nullopt;
    };
    const auto anchor = std::exchange(m_anchor, std::nullopt);
    const auto before = anchor ? place(*anchor) : std::nullopt;
    m_picture.set(std::move(scene), std::move(layout));
    m_hovered = -1;
    m_drag = Drag::None;
    m_minimap.refresh();
    if (const auto after = before ? place(*anchor) : std::nullopt; after && !m_centre_when_ready) {
        m_viewport.pan(*before - *after);
        m_start_shown = true;
        m_fitted = false;
        viewMoved();
    } else {
        m_start_shown = false;
        showStart();
    }

    QSet<int> left;
    for (const int id : std::as_const(m_selected)) {
        if (m_picture.indexOf(id))
            left.insert(id);
    }
    if (m_current && !m_picture.indexOf(*m_current))
        m_current.reset();
    setSelection(left, m_current);
    describe();
    update();
    emit layoutFinished();
}

/// The first view of a new picture; again while the window hasn't got its size yet.
void GraphView::showStart() {
    m_fitted = m_fit_when_ready;
    m_fit_when_ready = false;
    if (m_fitted) {
        m_viewport.fit(m_picture.layout().bounds, size());
    } else {
        QPointF first;
        for (std::size_t i = 0; i < m_picture.layout().rows.size(); ++i) {
            if (m_picture.layout().rows[i] == 0) {
                first = m_picture.rect(static_cast<int>(i)).center();
                break;
            }
        }
        m_viewport.showTop(m_picture.layout().bounds, first, size());
    }
    if (m_centre_when_ready) {
        if (const auto index = m_picture.indexOf(*std::exchange(m_centre_when_ready, std::nullopt)))
            m_viewport.centreOn(m_picture.rect(*index).center(), size());
        m_start_shown = true;
    }
    viewMoved();
}

void GraphView::viewMoved() {
    if (!m_picture.isEmpty())
        m_viewport.keepInReach(m_picture.layout().bounds, size());
    m_minimap.place(m_picture, size());
    update();
}

QVector<int> GraphView::selectedIds() const {
    QVector<int> ids;
    for (const SceneNode& node : m_picture.scene().nodes) {
        if (m_selected.contains(node.id))
            ids.append(node.id);
    }
    // Chosen for the scene that is still being laid out.
    for (const SceneNode& node : (m_waiting ? *m_waiting : GraphScene()).nodes) {
        if (m_selected.contains(node.id) && !m_picture.indexOf(node.id))
            ids.append(node.id);
    }
    return ids;
}

void GraphView::setSelectedIds(const QVector<int>& ids) {
    m_selected = QSet<int>(ids.begin(), ids.end());
    if (!m_current || !m_selected.contains(*m_current))
        m_current = ids.isEmpty() ? std::nullopt : std::optional<int>(ids.first());
    describe();
    update();
}

void GraphView::setSelection(QSet<int> ids, std::optional<int> current) {
    m_current = current;
    update();
    if (ids == m_selected)
        return;
    m_selected = std::move(ids);
    describe();
    emit selectionChanged(selectedIds());
}

void GraphView::setHighlighted(const QVector<int>& ids) {
    m_highlighted = QSet<int>(ids.begin(), ids.end());
    update();
}

void GraphView::centreOn(int id) {
    if (m_waiting) {
        m_centre_when_ready = id;
        return;
    }
    const auto index = m_picture.indexOf(id);
    if (!index)
        return;
    m_fitted = false;
    m_start_shown = true;
    if (m_viewport.zoom() < k_text_zoom)
        m_viewport.zoomAbout(1, m_viewport.toWidget(m_picture.rect(*index).center()));
    m_viewport.centreOn(m_picture.rect(*index).center(), size());
    viewMoved();
    emit zoomChanged(zoom());
}

void GraphView::fit() {
    if (m_waiting) {
        m_fit_when_ready = true;
        return;
    }
    m_viewport.fit(m_picture.layout().bounds, size());
    m_fitted = true;
    m_start_shown = true;
    viewMoved();
    emit zoomChanged(zoom());
}

void GraphView::zoomAbout(double factor, QPointF position) {
    m_viewport.zoomAbout(m_viewport.zoom() * factor, position);
    m_fitted = false;
    m_start_shown = true;
    viewMoved();
    emit zoomChanged(zoom());
}

void GraphView::setZoom(double zoom) {
    zoomAbout(zoom / m_viewport.zoom(), QRectF(rect()).center());
}

void GraphView::zoomIn() {
    setZoom(zoom() * 1.25);
}

void GraphView::zoomOut() {
    setZoom(zoom() / 1.25);
}

void GraphView::setLegend(GraphLegend legend) {
    m_legend = std::move(legend);
    update();
}

void GraphView::setEmptyText(const QString& text) {
    m_empty_text = text;
    describe();
    update();
}

void GraphView::setMinimapVisible(bool visible) {
    m_minimap_wanted = visible;
    update();
}

QRectF GraphView::nodeRect(int id) const {
    const auto index = m_picture.indexOf(id);
    return index ? m_viewport.toWidget(m_picture.rect(*index)) : QRectF();
}

std::optional<int> GraphView::indexAt(QPointF position) const {
    return m_picture.nodeAt(m_viewport.toScene(position));
}

std::optional<int> GraphView::nodeAt(QPointF position) const {
    const auto index = indexAt(position);
    return index ? std::optional<int>(m_picture.node(*index).id) : std::nullopt;
}

bool GraphView::minimapShown() const {
    if (!m_minimap_wanted || m_picture.isEmpty() || width() < 320 || height() < 240)
        return false;
    return !QRectF(rect()).contains(m_viewport.toWidget(m_picture.layout().bounds));
}

void GraphView::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.fillRect(rect(), currentPalette().canvas);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (m_picture.isEmpty())
        paintEmpty(painter);
    else
        paintContents(painter);
    if (m_focus_frame) {
        painter.setPen(QPen(currentPalette().accent, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

void GraphView::paintContents(QPainter& painter) {
    const Palette& palette = currentPalette();
    // Whole device pixels: lines and letters stay as sharp while panning as at rest.
    const double ratio = devicePixelRatioF();
    const QPointF offset = m_viewport.offset() * ratio;
    GraphPicture::State state;
    state.selected = &m_selected;
    state.highlighted = &m_highlighted;
    state.hovered = m_hovered;
    state.zoom = m_viewport.zoom();
    state.visible = m_viewport.toScene(QRectF(rect()));
    painter.save();
    painter.translate(std::round(offset.x()) / ratio, std::round(offset.y()) / ratio);
    painter.scale(m_viewport.zoom(), m_viewport.zoom());
    m_picture.paint(painter, palette, state);
    painter.restore();

    if (m_drag == Drag::RubberBand) {
        QColor fill = palette.accent;
        fill.setAlphaF(0.1F);
        painter.setPen(QPen(palette.accent, 1));
        painter.setBrush(fill);
        painter.drawRect(QRectF(m_press, m_last).normalized());
    }
    if (const QRectF legend = legendRect(m_legend, size()); !legend.isEmpty())
        paintLegend(painter, palette, m_legend, legend);
    if (minimapShown())
        m_minimap.paint(painter, palette, m_picture, state.visible);
}

void GraphView::paintEmpty(QPainter& painter) const {
    const Palette& palette = currentPalette();
    const QString text = m_waiting ? tr("Arranging the nodes…") : m_empty_text;
    if (text.isEmpty())
        return;
    const QPointF middle = QRectF(rect()).center();
    if (!m_waiting) {
        const QRect icon(static_cast<int>(middle.x()) - 24, static_cast<int>(middle.y()) - 62, 48, 48);
        themedIcon(QStringLiteral("open"), IconTint::Quiet).paint(&painter, icon);
    }
    painter.setFont(uiFont(TextSize::Normal));
    painter.setPen(palette.quiet);
    painter.drawText(QRectF(24, middle.y(), width() - 48, 80),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, text);
}

void GraphView::resizeEvent(QResizeEvent* event) {
    // A view that nobody has moved yet, or that was fitted, keeps its meaning; else its middle stays.
    if (m_fitted)
        m_viewport.fit(m_picture.layout().bounds, size());
    else if (!m_start_shown && !m_picture.isEmpty())
        showStart();
    else if (event->oldSize().isValid())
        m_viewport.pan(QPointF(width() - event->oldSize().width(), 0) / 2);
    viewMoved();
}

void GraphView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange)
        describe();
    QWidget::changeEvent(event);
}

void GraphView::describe() {
    setAccessibleName(tr("Model graph"));
    if (m_picture.isEmpty()) {
        setAccessibleDescription(m_empty_text);
        return;
    }
    const int nodes = static_cast<int>(m_picture.scene().nodes.size());
    const auto index = m_current ? m_picture.indexOf(*m_current) : std::nullopt;
    if (!index) {
        setAccessibleDescription(tr("%n node(s), none selected", nullptr, nodes));
        return;
    }
    const SceneNode& node = m_picture.node(*index);
    setAccessibleDescription(tr("%n node(s); at %1 %2", nullptr, nodes).arg(node.title, node.subtitle));
}

QString GraphView::toolTipOf(const SceneNode& node) const {
    QStringList lines{
        QStringLiteral("<b>%1</b> %2").arg(node.title.toHtmlEscaped(), node.detail.toHtmlEscaped())};
    for (const QString& line :
         {node.subtitle, node.badge.isEmpty() ? QString() : tr("Precision: %1").arg(node.badge),
          node.heat_text, node.warning ? tr("Among the most sensitive layers") : QString(),
          node.mark == SceneNode::Mark::Opens
              ? tr("Stands for %n layer(s): Ctrl+G or the sign in the corner shows them", nullptr, node.parts)
              : QString()}) {
        if (!line.isEmpty())
            lines.append(line.toHtmlEscaped());
    }
    return QStringLiteral("<p style='white-space:pre'>%1</p>").arg(lines.join(QStringLiteral("<br>")));
}

}  // namespace quantwright

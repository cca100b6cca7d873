#include "widgets/panels/histogram_plot.h"

#include <algorithm>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace quantwright {
namespace {

constexpr int grab_distance = 7;      // pixels beside a line that still take it
constexpr double lowest_count = 0.5;  // the logarithmic axis' floor: a bar of one element can be seen

}  // namespace

HistogramPlot::HistogramPlot(QWidget* parent) : QCustomPlot(parent) {
    m_inside = new QCPBars(xAxis, yAxis);
    m_outside = new QCPBars(xAxis, yAxis);
    for (QCPBars* bars : {m_inside, m_outside}) {
        bars->setBaseValue(lowest_count);
        bars->setPen(Qt::NoPen);
        bars->setAntialiased(false);
    }
    yAxis->setScaleType(QCPAxis::stLogarithmic);
    yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
    yAxis->setNumberFormat(QStringLiteral("eb"));
    yAxis->setNumberPrecision(0);
    axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    axisRect()->setMargins(QMargins(0, 22, 12, 0));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    for (ClipLine& line : m_lines) {
        line.line = new QCPItemStraightLine(this);
        line.handle = new QCPItemRect(this);
        line.label = new QCPItemText(this);
        for (QCPAbstractItem* item :
             {static_cast<QCPAbstractItem*>(line.line), static_cast<QCPAbstractItem*>(line.handle),
              static_cast<QCPAbstractItem*>(line.label)}) {
            item->setVisible(false);
            item->setClipToAxisRect(item == line.line);
        }
        for (QCPItemPosition* corner : {line.handle->topLeft, line.handle->bottomRight}) {
            corner->setTypeX(QCPItemPosition::ptAbsolute);
            corner->setTypeY(QCPItemPosition::ptAbsolute);
        }
        line.label->position->setTypeX(QCPItemPosition::ptAbsolute);
        line.label->position->setTypeY(QCPItemPosition::ptAbsolute);
    }
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        applyTheme();
        setGuides(m_guides);
        replot(QCustomPlot::rpQueuedReplot);
    });
    connect(this, &QCustomPlot::afterLayout, this, &HistogramPlot::placeItems);
    applyTheme();
}

void HistogramPlot::applyTheme() {
    const Palette& palette = currentPalette();
    setBackground(QBrush(palette.panel));
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setBasePen(QPen(palette.line_strong));
        axis->setTickPen(QPen(palette.line_strong));
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(palette.quiet);
        axis->setTickLabelFont(figureFont(TextSize::Small));
        axis->grid()->setPen(QPen(palette.line, 1));
        axis->grid()->setZeroLinePen(QPen(palette.line, 1));
    }
    xAxis->grid()->setVisible(false);
    m_inside->setBrush(palette.in_range);
    m_outside->setBrush(palette.clipped);
    for (ClipLine& line : m_lines) {
        line.line->setPen(QPen(palette.text, 1.6));
        line.handle->setPen(Qt::NoPen);
        line.handle->setBrush(palette.text);
        line.label->setColor(palette.text);
        line.label->setFont(figureFont(TextSize::Normal, true));
    }
}

void HistogramPlot::setBars(PlotBars bars) {
    m_data = std::move(bars);
    fitAxes();
    splitBars();
}

void HistogramPlot::setClip(std::optional<Range> clip, bool draggable, bool symmetric) {
    m_clip = clip;
    m_draggable = draggable;
    m_symmetric = symmetric;
    fitAxes();
    splitBars();
}

void HistogramPlot::fitAxes() {
    if (m_data.centres.empty()) {
        xAxis->setRange(-1, 1);
        yAxis->setRange(lowest_count, 10);
        return;
    }
    double low = m_data.centres.front() - m_data.width / 2, high = m_data.centres.back() + m_data.width / 2;
    if (m_clip && !dragging()) {
        low = std::min(low, static_cast<double>(m_clip->min));
        high = std::max(high, static_cast<double>(m_clip->max));
    }
    if (dragging())  // the ground must not move under the hand
        return;
    const double margin = std::max((high - low) * 0.03, 1e-9);
    xAxis->setRange(low - margin, high + margin);
    const double top = *std::max_element(m_data.counts.begin(), m_data.counts.end());
    yAxis->setRange(lowest_count, std::max(10.0, top * 2));
}

void HistogramPlot::splitBars() {
    QVector<double> inside_x, inside_y, outside_x, outside_y;
    for (std::size_t i = 0; i < m_data.centres.size(); ++i) {
        if (m_data.counts[i] <= 0)
            continue;
        const double x = m_data.centres[i];
        const bool inside = !m_clip || (x >= m_clip->min && x <= m_clip->max);
        (inside ? inside_x : outside_x) << x;
        (inside ? inside_y : outside_y) << m_data.counts[i] - lowest_count;
    }
    for (QCPBars* bars : {m_inside, m_outside})
        bars->setWidth(m_data.width * 0.9);
    m_inside->setData(inside_x, inside_y, true);
    m_outside->setData(outside_x, outside_y, true);
    replot(QCustomPlot::rpQueuedReplot);
}

void HistogramPlot::setGuides(const QVector<Guide>& guides) {
    m_guides = guides;
    for (QCPAbstractItem* item : std::as_const(m_guide_items))
        removeItem(item);
    m_guide_items.clear();
    const Palette& palette = currentPalette();
    // Labels go down a line each, so that close ones stay readable.
    int line_number = 0;
    for (const Guide& guide : guides) {
        for (const double end :
             {static_cast<double>(guide.range.min), static_cast<double>(guide.range.max)}) {
            auto* line = new QCPItemStraightLine(this);
            line->setPen(QPen(palette.quiet, 1, Qt::DashLine));
            line->point1->setCoords(end, 1);
            line->point2->setCoords(end, 10);
            m_guide_items << line;
        }
        auto* text = new QCPItemText(this);
        text->setText(guide.label);
        text->setColor(palette.quiet);
        text->setFont(uiFont(TextSize::Small));
        text->setPositionAlignment(Qt::AlignRight | Qt::AlignTop);
        text->setPadding(QMargins(3, 0, 3, 0));
        text->setBrush(palette.panel);
        text->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        text->position->setCoords(guide.range.max, 0.02 + 0.09 * line_number++);
        m_guide_items << text;
    }
    replot(QCustomPlot::rpQueuedReplot);
}

void HistogramPlot::placeItems() {
    const QRect area = axisRect()->rect();
    for (int i = 0; i < 2; ++i) {
        ClipLine& line = m_lines[static_cast<std::size_t>(i)];
        const bool shown = m_clip.has_value();
        line.line->setVisible(shown);
        line.handle->setVisible(shown && m_draggable);
        line.label->setVisible(shown);
        if (!shown)
            continue;
        const double value = i == 0 ? m_clip->min : m_clip->max;
        line.line->point1->setCoords(value, 1);
        line.line->point2->setCoords(value, 10);
        const double x = xAxis->coordToPixel(value), y = area.top();
        line.handle->topLeft->setCoords(x - 4.5, y - 13);
        line.handle->bottomRight->setCoords(x + 4.5, y);
        line.label->setText(QString::number(value, 'g', 4));
        // Outside of the range, unless that is off the edge.
        const int room = QFontMetrics(line.label->font()).horizontalAdvance(line.label->text()) + 14;
        bool left = i == 0;
        if (left && x - room < area.left())
            left = false;
        else if (!left && x + room > area.right())
            left = true;
        line.label->setPositionAlignment((left ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        line.label->position->setCoords(left ? x - 8 : x + 8, y - 8);
    }
}

QPoint HistogramPlot::handle(int which) const {
    if (!m_clip)
        return {};
    return {qRound(xAxis->coordToPixel(which == 0 ? m_clip->min : m_clip->max)), axisRect()->top() - 6};
}

int HistogramPlot::lineAt(QPoint position) const {
    if (!m_clip || !m_draggable)
        return -1;
    int nearest = -1, distance = grab_distance + 1;
    for (int i = 0; i < 2; ++i)
        if (const int away = std::abs(handle(i).x() - position.x()); away < distance) {
            distance = away;
            nearest = i;
        }
    return nearest;
}

void HistogramPlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    m_dragged = lineAt(event->pos());
    m_before = m_clip;
}

void HistogramPlot::mouseMoveEvent(QMouseEvent* event) {
    if (!dragging()) {
        setCursor(lineAt(event->pos()) >= 0 ? Qt::SplitHCursor : Qt::ArrowCursor);
        return;
    }
    const auto value = static_cast<float>(
        std::clamp(xAxis->pixelToCoord(event->pos().x()), xAxis->range().lower, xAxis->range().upper));
    // The range always holds zero and never turns over.
    const auto least = static_cast<float>(xAxis->range().size() / 1000);
    Range clip = *m_clip;
    if (m_symmetric) {
        const float reach = std::max(std::abs(value), least);
        clip = {-reach, reach};
    } else if (m_dragged == 0) {
        clip.min = std::min({value, 0.0f, clip.max - least});
    } else {
        clip.max = std::max({value, 0.0f, clip.min + least});
    }
    if (clip == *m_clip)
        return;
    m_clip = clip;
    splitBars();
    emit clipMoved(clip);
}

void HistogramPlot::mouseReleaseEvent(QMouseEvent*) {
    if (!dragging())
        return;
    m_dragged = -1;
    if (m_clip == m_before)
        emit clipCancelled();
    else
        emit clipReleased(*m_clip);
}

void HistogramPlot::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Escape || !dragging()) {
        QCustomPlot::keyPressEvent(event);
        return;
    }
    m_dragged = -1;
    m_clip = m_before;
    splitBars();
    emit clipCancelled();
}

}  // namespace quantwright

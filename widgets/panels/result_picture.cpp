#include "widgets/panels/result_picture.h"

#include <QEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QTransform>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "core/task/decode.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/result_paint.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace quantwright {
namespace {

constexpr double k_title = 20, k_text = 34, k_closest = 32;

}  // namespace

ResultPicture::ResultPicture(Side side, QWidget* parent) : QWidget(parent), m_side(side) {
    setObjectName(side == Side::Float ? QStringLiteral("picture_float")
                                      : QStringLiteral("picture_quantized"));
    setFocusPolicy(Qt::ClickFocus);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    setAccessibleName(title());
}

const Shown& ResultPicture::own() const {
    return m_side == Side::Float ? m_result->reference : m_result->found;
}
const Shown& ResultPicture::other() const {
    return m_side == Side::Float ? m_result->found : m_result->reference;
}

void ResultPicture::setTitle(const QString& title) {
    m_title = title;
    setAccessibleName(this->title());
    update();
}

QString ResultPicture::title() const {
    if (!m_title.isEmpty())
        return m_title;
    return m_side == Side::Float ? tr("Float") : tr("Quantized");
}

void ResultPicture::setResult(const std::shared_ptr<const Judgement>& judgement, const ShownResult* result,
                              std::optional<int> category) {
    m_judgement = judgement;
    m_result = result;
    m_category = category;
    m_mask = {};
    m_alone.clear();
    if (m_result) {
        if (const auto* mask = std::get_if<RunMask>(&own()))
            m_mask = maskPicture(*mask, std::get_if<RunMask>(&other()), m_judgement->names, m_category);
        const auto* found = std::get_if<Detections>(&m_result->found);
        const auto* before = std::get_if<Detections>(&m_result->reference);
        if (found && before) {
            // As core counts what is new and what is gone.
            const std::vector<int> same = matches(*found, *before);
            m_alone.assign(m_side == Side::Float ? before->size() : found->size(), true);
            for (std::size_t i = 0; i < same.size(); ++i)
                if (same[i] >= 0)
                    m_alone[m_side == Side::Float ? static_cast<std::size_t>(same[i]) : i] = false;
        }
    }
    update();
}

void ResultPicture::setPicture(const QImage& picture) {
    m_picture = picture;
    update();
}

QSizeF ResultPicture::imageSize() const {
    if (!m_result)
        return {1, 1};
    const Size size = m_result->geometry.image;
    return {std::max(1.0, double(size.width)), std::max(1.0, double(size.height))};
}

QRectF ResultPicture::besides() const {
    const QRectF all = QRectF(rect()).adjusted(0, k_title, 0, 0);
    if (!m_result)
        return {};
    if (std::holds_alternative<std::string>(own()))
        return {all.left(), all.bottom() - k_text, all.width(), k_text};
    if (!std::holds_alternative<Ranking>(own()) && !std::holds_alternative<Values>(own()))
        return {};
    // Where there is room: below, else beside the image.
    constexpr double rows = 5 * 22, beside = 150;
    if (all.height() > 2.2 * rows)
        return {all.left() + 4, all.bottom() - rows, all.width() - 8, rows};
    const double width = std::max(all.width() / 2, all.width() - all.height() - 8);
    const double taken = std::max(beside, width);
    return {all.right() - taken + 4, all.top(), taken - 8, std::min(rows, all.height())};
}

QRectF ResultPicture::place() const {
    QRectF all = QRectF(rect()).adjusted(0, k_title, 0, 0);
    const QRectF taken = besides();
    if (taken.isNull())
        return all;
    if (taken.top() > all.top())
        all.setBottom(taken.top() - 4);
    else
        all.setRight(taken.left() - 4);
    return all;
}

QTransform ResultPicture::toScreen() const {
    const QRectF there = place();
    const QSizeF size = imageSize();
    const double scale = std::min(there.width() / size.width(), there.height() / size.height()) * m_view.zoom;
    QTransform transform;
    transform.translate(there.center().x(), there.center().y());
    transform.scale(scale, scale);
    transform.translate(-m_view.centre.x() * size.width(), -m_view.centre.y() * size.height());
    return transform;
}

void ResultPicture::setView(const PictureView& view) {
    if (view == m_view)
        return;
    m_view = view;
    update();
}

void ResultPicture::changeView(PictureView view) {
    view.zoom = std::clamp(view.zoom, 1.0, k_closest);
    // Nothing but the image is worth looking at.
    const double half = 0.5 / view.zoom;
    view.centre = {std::clamp(view.centre.x(), half, 1 - half), std::clamp(view.centre.y(), half, 1 - half)};
    setView(view);
    emit viewChanged(m_view);
}

void ResultPicture::zoomBy(double factor, const QPointF& at) {
    PictureView view = m_view;
    view.zoom = std::clamp(view.zoom * factor, 1.0, k_closest);
    // What is under the hand stays there.
    const QPointF under = toScreen().inverted().map(at);
    const QSizeF size = imageSize();
    const QPointF here(under.x() / size.width(), under.y() / size.height());
    view.centre = here + (m_view.centre - here) * (m_view.zoom / view.zoom);
    changeView(view);
}

void ResultPicture::wheelEvent(QWheelEvent* event) {
    zoomBy(std::pow(1.0015, event->angleDelta().y()), event->position());
    event->accept();
}

void ResultPicture::mousePressEvent(QMouseEvent* event) {
    m_dragged_from = event->position();
    QWidget::mousePressEvent(event);
}

void ResultPicture::mouseMoveEvent(QMouseEvent* event) {
    if (!(event->buttons() & Qt::LeftButton))
        return;
    const QPointF moved = event->position() - m_dragged_from;
    m_dragged_from = event->position();
    const double scale = toScreen().m11();
    const QSizeF size = imageSize();
    PictureView view = m_view;
    view.centre -= QPointF(moved.x() / scale / size.width(), moved.y() / scale / size.height());
    changeView(view);
}

void ResultPicture::mouseDoubleClickEvent(QMouseEvent*) {
    fit();
}

void ResultPicture::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const Palette& colours = currentPalette();
    painter.fillRect(rect(), colours.canvas);
    painter.setFont(uiFont(TextSize::Small, true));
    painter.setPen(colours.quiet);
    painter.drawText(QRectF(6, 0, width() - 12, k_title), Qt::AlignVCenter | Qt::AlignLeft, title());
    if (!m_result)
        return;
    painter.save();
    painter.setClipRect(place());
    const QRectF image = toScreen().mapRect(QRectF(QPointF(), imageSize()));
    if (m_picture.isNull())
        painter.fillRect(image, colours.field);
    else
        painter.drawImage(image, m_picture);
    paintOver(painter);
    painter.restore();
    paintBesides(painter);
}

void ResultPicture::paintOver(QPainter& painter) {
    const QTransform to_screen = toScreen();
    if (!m_mask.isNull()) {
        painter.save();
        // Of what the padding holds nothing is shown.
        painter.setClipRect(to_screen.mapRect(QRectF(QPointF(), imageSize())), Qt::IntersectClip);
        painter.setRenderHint(QPainter::SmoothPixmapTransform, false);  // classes don't mix
        painter.drawImage(to_screen.mapRect(maskPlace(m_result->geometry)), m_mask);
        painter.restore();
    }
    if (const auto* boxes = std::get_if<Detections>(&own()))
        paintBoxes(painter, *boxes, m_alone, to_screen, {m_judgement->names, m_category});
    if (m_result->kept())
        return;
    const bool forgotten = m_judgement->task.kind != TaskKind::none;
    painter.setPen(currentPalette().quiet);
    if (forgotten && m_side == Side::Quantized)
        painter.drawText(place(), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("This result was not kept: evaluate again to see it."));
}

void ResultPicture::paintBesides(QPainter& painter) {
    const QRectF there = besides();
    if (const auto* text = std::get_if<std::string>(&own())) {
        const auto* before = std::get_if<std::string>(&other());
        const QString written = QString::fromStdString(*text);
        painter.fillRect(there, currentPalette().panel);
        paintText(painter, there, written,
                  before ? differing(written, QString::fromStdString(*before)) : QVector<bool>());
    } else if (const auto* ranking = std::get_if<Ranking>(&own())) {
        const auto* before = std::get_if<Ranking>(&other());
        paintScores(painter, there, *ranking, m_judgement->names,
                    before && !before->empty() ? std::optional(before->classes.front()) : std::nullopt);
    } else if (const auto* values = std::get_if<Values>(&own())) {
        QStringList numbers;
        for (const float value : *values)
            numbers << figures::value(double{value});
        painter.setFont(figureFont());
        painter.setPen(currentPalette().text);
        painter.drawText(there, Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap,
                         numbers.join(QStringLiteral("  ")));
    }
}

void ResultPicture::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(title());
        update();
    }
}

}  // namespace quantwright

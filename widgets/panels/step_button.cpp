#include "widgets/panels/step_button.h"

#include <QEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolButton>
#include <algorithm>

#include "widgets/panels/figures.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace quantwright {
namespace {
constexpr int margin = 5, mark_size = 16, gap = 5, button_height = 40, cancel_size = 20;
}

StepButton::StepButton(QWidget* parent) : QAbstractButton(parent), m_cancel(new QToolButton(this)) {
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    m_cancel->setText(QStringLiteral("✕"));
    m_cancel->setAutoRaise(true);
    m_cancel->setCursor(Qt::ArrowCursor);
    m_cancel->setFixedSize(cancel_size, cancel_size);
    m_cancel->hide();
    connect(m_cancel, &QToolButton::clicked, this, &StepButton::cancelRequested);
}

QString StepButton::plainStatus(StepState::Kind kind) {
    switch (kind) {
        case StepState::Kind::not_yet:
            return tr("not yet");
        case StepState::Kind::running:
            return tr("running");
        case StepState::Kind::done:
            return tr("done");
        case StepState::Kind::stale:
            return tr("stale");
        case StepState::Kind::failed:
            return tr("failed");
    }
    return {};
}

QString StepButton::statusText() const {
    if (m_state.kind == StepState::Kind::done && !m_result.isEmpty())
        return m_result;
    if (m_state.kind != StepState::Kind::running || m_state.fraction < 0)
        return plainStatus(m_state.kind);
    const QString share = figures::percent(m_state.fraction, 0);
    return m_state.seconds_left
               ? QStringLiteral("%1 · %2").arg(share, figures::duration(*m_state.seconds_left))
               : share;
}

void StepButton::setState(const QString& name, const StepState& state, bool next, const QString& result) {
    const bool resize = name != text() || result != m_result;
    m_state = state;
    m_next = next;
    m_result = result;
    setText(name);
    QString status = statusText();
    if (state.kind == StepState::Kind::running && state.seconds_left)
        status = tr("%1 · %2 left")
                     .arg(figures::percent(state.fraction, 0), figures::duration(*state.seconds_left));
    setAccessibleName(tr("%1: %2").arg(name, status));
    setEnabled(state.possible || state.kind == StepState::Kind::running);
    m_cancel->setToolTip(tr("Cancel"));
    m_cancel->setAccessibleName(tr("Cancel: %1").arg(name));
    m_cancel->setVisible(state.kind == StepState::Kind::running);
    if (resize)
        updateGeometry();
    update();
}

QSize StepButton::sizeHint() const {
    const QFontMetrics name(uiFont(TextSize::Normal, true)), status(uiFont(TextSize::Small));
    // Wide enough for whatever it will say, so that nothing jumps while a job runs.
    int width = name.horizontalAdvance(text()) + cancel_size;
    for (const auto kind :
         {StepState::Kind::not_yet, StepState::Kind::done, StepState::Kind::stale, StepState::Kind::failed})
        width = std::max(width, status.horizontalAdvance(plainStatus(kind)));
    width = std::max(width, status.horizontalAdvance(QStringLiteral("99 % · 59 s")) + cancel_size / 2);
    width = std::max(width, status.horizontalAdvance(m_result));
    return {margin + mark_size + gap + width + margin, button_height};
}

void StepButton::resizeEvent(QResizeEvent* event) {
    QAbstractButton::resizeEvent(event);
    m_cancel->move(width() - cancel_size - 3, 3);
}

void StepButton::changeEvent(QEvent* event) {
    QAbstractButton::changeEvent(event);
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::FontChange)
        updateGeometry();
}

void StepButton::paintMark(QPainter& painter, const QRectF& box) const {
    const Palette& palette = currentPalette();
    const auto pen = [](const QColor& color) {
        return QPen(color, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    };
    const QRectF ring = box.adjusted(2, 2, -2, -2);
    painter.setBrush(Qt::NoBrush);
    switch (m_state.kind) {
        case StepState::Kind::not_yet:
            painter.setPen(pen(m_next ? palette.accent : palette.quiet));
            painter.drawEllipse(ring);
            break;
        case StepState::Kind::running:
            painter.setPen(pen(palette.accent));
            painter.drawEllipse(ring);
            painter.setPen(Qt::NoPen);
            painter.setBrush(palette.accent);
            painter.drawPie(ring.adjusted(1.5, 1.5, -1.5, -1.5), 90 * 16,
                            -static_cast<int>(std::max(m_state.fraction, 0.08) * 360 * 16));
            break;
        case StepState::Kind::done: {
            painter.setPen(pen(palette.better));
            painter.drawPolyline(QPolygonF{{ring.left(), ring.center().y()},
                                           {ring.left() + ring.width() * 0.38, ring.bottom() - 1.5},
                                           {ring.right(), ring.top() + 2}});
            break;
        }
        case StepState::Kind::stale: {
            painter.setPen(pen(palette.stale));
            painter.drawArc(ring, 60 * 16, 290 * 16);
            const QPointF tip(ring.center().x() + ring.width() * 0.28, ring.top() + 0.8);
            painter.drawPolyline(QPolygonF{tip + QPointF(0.5, -3), tip, tip + QPointF(-0.5, 3.4)});
            break;
        }
        case StepState::Kind::failed:
            painter.setPen(pen(palette.worse));
            painter.drawLine(ring.topLeft() + QPointF(1, 1), ring.bottomRight() - QPointF(1, 1));
            painter.drawLine(ring.topRight() + QPointF(-1, 1), ring.bottomLeft() + QPointF(1, -1));
            break;
    }
}

void StepButton::paintEvent(QPaintEvent*) {
    const Palette& palette = currentPalette();
    const bool running = m_state.kind == StepState::Kind::running;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool lit = running || m_next;
    painter.setPen(QPen(lit ? palette.accent : palette.line, 1));
    painter.setBrush(running                       ? palette.accent_soft
                     : underMouse() && isEnabled() ? palette.field_hover
                                                   : palette.field);
    painter.drawRoundedRect(box, 4, 4);
    if (running && m_state.fraction > 0) {
        // A thin line along the bottom says it at a glance.
        QPainterPath clip;
        clip.addRoundedRect(box, 4, 4);
        painter.setClipPath(clip);
        painter.fillRect(QRectF(0, button_height - 3, width() * m_state.fraction, 3), palette.accent);
        painter.setClipping(false);
    }
    if (hasFocus()) {
        painter.setPen(QPen(palette.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4);
    }
    paintMark(painter, QRectF(margin, (button_height - mark_size) / 2.0, mark_size, mark_size));

    const int left = margin + mark_size + gap;
    painter.setFont(uiFont(TextSize::Normal, true));
    painter.setPen(isEnabled() ? palette.text : palette.disabled);
    painter.drawText(QRect(left, 3, width() - left - 4, 19), Qt::AlignVCenter | Qt::AlignLeft, text());
    QColor color = palette.quiet;
    if (running)
        color = palette.accent;
    else if (m_state.kind == StepState::Kind::done)
        color = palette.better;
    else if (m_state.kind == StepState::Kind::stale)
        color = palette.stale;
    else if (m_state.kind == StepState::Kind::failed)
        color = palette.worse;
    else if (!isEnabled())
        color = palette.disabled;
    painter.setFont(uiFont(TextSize::Small));
    painter.setPen(color);
    painter.drawText(QRect(left, 20, width() - left - 4, 16), Qt::AlignVCenter | Qt::AlignLeft, statusText());
}

}  // namespace quantwright

// Mouse, wheel, touch pad and keys of the node view.
#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QPointingDevice>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>

#include "widgets/graph/graph_view.h"
#include "widgets/graph/node_painter.h"

namespace quantwright {

bool GraphView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const bool over_map = minimapShown() && m_minimap.rect().contains(help->pos());
        if (const auto index = indexAt(help->pos()); index && !over_map)
            QToolTip::showText(help->globalPos(), toolTipOf(m_picture.node(*index)), this,
                               m_viewport.toWidget(m_picture.rect(*index)).toAlignedRect());
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::NativeGesture) {
        const auto* gesture = static_cast<QNativeGestureEvent*>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            zoomAbout(1 + gesture->value(), gesture->position());
            return true;
        }
    }
    // The window may own these keys as shortcuts (Space: fit); with the focus here they mean this view.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool plain = !(key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier));
        if (plain && (key->key() == Qt::Key_Space || key->key() == Qt::Key_Plus ||
                      key->key() == Qt::Key_Minus || key->key() == Qt::Key_Equal))
            event->accept();
    }
    return QWidget::event(event);
}

void GraphView::mousePressEvent(QMouseEvent* event) {
    m_press = m_last = event->position();
    const bool left = event->button() == Qt::LeftButton;
    if (!left && event->button() != Qt::MiddleButton) {
        event->ignore();
        return;
    }
    if (left && minimapShown() && m_minimap.rect().contains(m_press)) {
        m_drag = Drag::Minimap;
        moveFromMinimap(m_press);
        return;
    }
    m_drag = left ? Drag::Undecided : Drag::Pan;
    if (!left)
        setCursor(Qt::ClosedHandCursor);
}

void GraphView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF position = event->position();
    if (m_drag == Drag::Undecided &&
        (position - m_press).manhattanLength() >= QApplication::startDragDistance()) {
        m_drag = event->modifiers() & Qt::ShiftModifier ? Drag::RubberBand : Drag::Pan;
        setCursor(m_drag == Drag::Pan ? Qt::ClosedHandCursor : Qt::CrossCursor);
    }
    if (m_drag == Drag::Pan) {
        m_viewport.pan(position - m_last);
        m_fitted = false;
        m_start_shown = true;
        viewMoved();
    } else if (m_drag == Drag::Minimap) {
        moveFromMinimap(position);
    } else if (m_drag == Drag::RubberBand) {
        update();
    } else if (m_drag == Drag::None) {
        const int hovered = indexAt(position).value_or(-1);
        if (hovered != m_hovered) {
            m_hovered = hovered;
            update();
        }
    }
    m_last = position;
}

void GraphView::mouseReleaseEvent(QMouseEvent* event) {
    const Drag drag = std::exchange(m_drag, Drag::None);
    unsetCursor();
    if (drag == Drag::RubberBand) {
        m_last = event->position();
        selectInBand();
    } else if (drag == Drag::Undecided && event->button() == Qt::LeftButton) {
        if (const auto index = indexAt(m_press)) {
            const SceneNode& node = m_picture.node(*index);
            if (node.mark != SceneNode::Mark::None &&
                markRect(m_picture.rect(*index)).contains(m_viewport.toScene(m_press)))
                emit markClicked(node.id);
            else
                clickNode(*index, event->modifiers());
        } else if (!(event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier)))
            setSelection({}, std::nullopt);
    }
    update();
}

void GraphView::clickNode(int index, Qt::KeyboardModifiers modifiers) {
    const int id = m_picture.node(index).id;
    if (!(modifiers & (Qt::ControlModifier | Qt::ShiftModifier))) {
        setSelection({id}, id);
        return;
    }
    QSet<int> ids = m_selected;
    // Ctrl takes a selected one away again, Shift only adds.
    if (ids.contains(id) && modifiers & Qt::ControlModifier)
        ids.remove(id);
    else
        ids.insert(id);
    setSelection(ids, id);
}

void GraphView::selectInBand() {
    const QRectF band = m_viewport.toScene(QRectF(m_press, m_last).normalized());
    QSet<int> ids = m_selected;
    std::optional<int> current = m_current;
    for (const int index : m_picture.nodesIn(band)) {
        ids.insert(m_picture.node(index).id);
        current = m_picture.node(index).id;
    }
    setSelection(ids, current);
}

void GraphView::mouseDoubleClickEvent(QMouseEvent* event) {
    const bool over_map = minimapShown() && m_minimap.rect().contains(event->position());
    const auto index =
        event->button() == Qt::LeftButton && !over_map ? indexAt(event->position()) : std::nullopt;
    if (!index) {
        mousePressEvent(event);
        return;
    }
    const int id = m_picture.node(*index).id;
    setSelection({id}, id);
    centreOn(id);
    emit nodeActivated(id);
}

void GraphView::leaveEvent(QEvent* /*event*/) {
    m_hovered = -1;
    update();
}

void GraphView::moveFromMinimap(QPointF position) {
    m_viewport.centreOn(m_minimap.toScene(position), size());
    m_fitted = false;
    m_start_shown = true;
    viewMoved();
}

void GraphView::wheelEvent(QWheelEvent* event) {
    // A wheel zooms, as in Netron; two fingers on a touch pad move. X11 and macOS give pixel distances
    // for some wheels too, so the device has the last word.
    const bool touch_pad = !event->pixelDelta().isNull() &&
                           (event->phase() != Qt::NoScrollPhase ||
                            event->pointingDevice()->type() == QInputDevice::DeviceType::TouchPad);
    event->accept();
    if (touch_pad && !(event->modifiers() & Qt::ControlModifier)) {
        m_viewport.pan(event->pixelDelta());
        m_fitted = false;
        m_start_shown = true;
        viewMoved();
        return;
    }
    const double turned = event->angleDelta().y() != 0 ? event->angleDelta().y() : event->pixelDelta().y();
    if (turned != 0)
        zoomAbout(std::pow(1.2, turned / 120), event->position());  // 120: one notch
}

void GraphView::keyPressEvent(QKeyEvent* event) {
    const bool extend = event->modifiers() & Qt::ShiftModifier;
    switch (event->key()) {
        case Qt::Key_Up:
            walk(Direction::Up, extend);
            return;
        case Qt::Key_Down:
            walk(Direction::Down, extend);
            return;
        case Qt::Key_Left:
            walk(Direction::Left, extend);
            return;
        case Qt::Key_Right:
            walk(Direction::Right, extend);
            return;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            zoomIn();
            return;
        case Qt::Key_Minus:
            zoomOut();
            return;
        case Qt::Key_Space:
            fit();
            return;
        case Qt::Key_Escape:
            if (m_selected.isEmpty())
                break;
            setSelection({}, m_current);
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (!m_current || !m_picture.indexOf(*m_current))
                break;
            emit nodeActivated(*m_current);
            return;
        default:
            break;
    }
    if (event->matches(QKeySequence::SelectAll) && !m_picture.isEmpty()) {
        QSet<int> all;
        for (const SceneNode& node : m_picture.scene().nodes)
            all.insert(node.id);
        setSelection(all, m_current);
        return;
    }
    QWidget::keyPressEvent(event);
}

void GraphView::walk(Direction direction, bool extend) {
    if (m_picture.isEmpty())
        return;
    std::optional<int> next;
    const auto here = m_current ? m_picture.indexOf(*m_current) : std::nullopt;
    if (!here) {
        // Begin with the first node in view, or with the first of all.
        const auto visible = m_picture.nodesIn(m_viewport.toScene(QRectF(rect())));
        next = visible.empty() ? 0 : visible.front();
    } else if (direction == Direction::Up || direction == Direction::Down) {
        next = direction == Direction::Up ? m_picture.above(*here) : m_picture.below(*here);
    } else {
        next = m_picture.beside(*here, direction == Direction::Right);
    }
    if (!next)
        return;
    const int id = m_picture.node(*next).id;
    QSet<int> ids = extend ? m_selected : QSet<int>();
    ids.insert(id);
    setSelection(ids, id);
    makeVisible(*next);
}

void GraphView::makeVisible(int index) {
    m_viewport.makeVisible(m_picture.rect(index), size());
    m_start_shown = true;
    m_fitted = false;
    viewMoved();
}

void GraphView::focusInEvent(QFocusEvent* event) {
    // Only those who came by keyboard need to see where they are.
    m_focus_frame = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason ||
                    event->reason() == Qt::ShortcutFocusReason;
    update();
}

void GraphView::focusOutEvent(QFocusEvent* /*event*/) {
    m_focus_frame = false;
    update();
}

}  // namespace quantwright

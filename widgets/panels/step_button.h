#pragma once
// One step in the strip: mark, name, what it is up to; while it runs also how far it is and a way to stop it.
#include <QAbstractButton>

#include "widgets/workspace/step.h"

class QToolButton;

namespace quantwright {

class StepButton : public QAbstractButton {
    Q_OBJECT
public:
    explicit StepButton(QWidget* parent = nullptr);

    /// `next`: it is what to do now. `result`: what came of it, told in place of "done".
    void setState(const QString& name, const StepState& state, bool next, const QString& result = {});
    [[nodiscard]] QString statusText() const;  ///< as it stands in the button
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

signals:
    void cancelRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void paintMark(QPainter& painter, const QRectF& box) const;
    [[nodiscard]] static QString plainStatus(StepState::Kind kind);

    StepState m_state;
    QString m_result;
    bool m_next = false;
    QToolButton* m_cancel;
};

}  // namespace quantwright

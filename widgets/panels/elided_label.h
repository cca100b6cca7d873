#pragma once
// A label for names of the user's that may be longer than there is room: shortened in the middle, whole in
// the tooltip.
#include <QLabel>

namespace quantwright {

class ElidedLabel : public QLabel {
    Q_OBJECT
public:
    using QLabel::QLabel;
    void setFullText(const QString& text);
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace quantwright

#pragma once
// One network's result over the image that it is of. Two of them side by side show the same part of it.
#include <QImage>
#include <QWidget>
#include <memory>
#include <optional>

#include "core/task/judge.h"

namespace quantwright {

/// Which part of the image is seen: 1 is all of it.
struct PictureView {
    double zoom = 1;
    QPointF centre = {0.5, 0.5};  ///< in fractions of the image
    [[nodiscard]] bool operator==(const PictureView&) const = default;
};

class ResultPicture : public QWidget {
    Q_OBJECT
public:
    enum class Side { Float, Quantized };
    explicit ResultPicture(Side side, QWidget* parent = nullptr);
    /// Whose result it is; empty: the side says it.
    void setTitle(const QString& title);

    /// `judgement` holds the result, and lives as long as it is shown; null: nothing. `category`: only of
    /// this class.
    void setResult(const std::shared_ptr<const Judgement>& judgement, const ShownResult* result,
                   std::optional<int> category);
    /// May be smaller than the image is; null while it is read, or where there is none.
    void setPicture(const QImage& picture);
    void setView(const PictureView& view);
    [[nodiscard]] const PictureView& view() const { return m_view; }
    void zoomBy(double factor, const QPointF& at);
    void fit() { changeView({}); }

    /// From the image's pixels to the widget's.
    [[nodiscard]] QTransform toScreen() const;
    [[nodiscard]] bool hasPicture() const { return !m_picture.isNull(); }
    [[nodiscard]] QSize minimumSizeHint() const override { return {140, 110}; }

signals:
    void viewChanged(const quantwright::PictureView& view);

protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void changeView(PictureView view);
    /// What is beside or below the image: texts, scores, values.
    [[nodiscard]] QRectF besides() const;
    [[nodiscard]] QRectF place() const;  ///< of the image
    [[nodiscard]] QSizeF imageSize() const;
    [[nodiscard]] const Shown& own() const;
    [[nodiscard]] const Shown& other() const;
    void paintOver(QPainter& painter);
    void paintBesides(QPainter& painter);
    [[nodiscard]] QString title() const;

    Side m_side;
    std::shared_ptr<const Judgement> m_judgement;
    const ShownResult* m_result = nullptr;
    std::optional<int> m_category;
    QImage m_picture, m_mask;
    std::vector<bool> m_alone;
    PictureView m_view;
    QPointF m_dragged_from;
    QString m_title;
};

}  // namespace quantwright

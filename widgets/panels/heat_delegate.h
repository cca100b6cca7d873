#pragma once
// Paints a small heat square at the right end of a row, and a triangle on it for the worst layers.
#include <QStyledItemDelegate>

namespace quantwright {

class HeatDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    enum Role { HeatRole = Qt::UserRole + 20, WorstRole };

    using QStyledItemDelegate::QStyledItemDelegate;
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

}  // namespace quantwright

#pragma once
// Asks for the dimensions that a model leaves open.
#include <QDialog>
#include <map>
#include <string>
#include <vector>

#include "core/model/model.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace quantwright {

class ShapeDialog : public QDialog {
    Q_OBJECT
public:
    ShapeDialog(const QString& model, const std::vector<ValueInfo>& inputs, QWidget* parent);
    [[nodiscard]] std::map<std::string, Shape> shapes() const;

private:
    void check();

    struct Row {
        ValueInfo input;
        QLineEdit* edit;
    };
    std::vector<Row> m_rows;
    QPushButton* m_ok;
};

/// "1,3,224,224" or with × or x between; empty unless every size is a positive number.
[[nodiscard]] Shape shapeFromText(const QString& text);

}  // namespace quantwright

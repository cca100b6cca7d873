#include "widgets/window/shape_dialog.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/theme/fonts.h"
#include "widgets/theme/style_sheet.h"

namespace quantwright {

Shape shapeFromText(const QString& text) {
    static const QRegularExpression separator(QStringLiteral("[,×x ]+"));
    Shape shape;
    for (const QString& size : text.trimmed().split(separator, Qt::SkipEmptyParts)) {
        bool valid = false;
        const qlonglong value = size.toLongLong(&valid);
        if (!valid || value <= 0)
            return {};
        shape.push_back(value);
    }
    return shape;
}

ShapeDialog::ShapeDialog(const QString& model, const std::vector<ValueInfo>& inputs, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("Input shapes"));
    setObjectName(QStringLiteral("shape_dialog"));
    auto* text = new QLabel(tr("%1 leaves dimensions open. Which sizes will it run with?").arg(model), this);
    text->setWordWrap(true);
    auto* form = new QFormLayout;
    for (const ValueInfo& input : inputs) {
        QStringList known, shown;
        for (std::size_t i = 0; i < input.shape.size(); ++i) {
            const auto& dimension = input.shape[i];
            const QString open =
                dimension.name.empty() ? QStringLiteral("?") : QString::fromStdString(dimension.name);
            shown << (dimension.value >= 0 ? QString::number(dimension.value) : open);
            // An open first dimension is the batch, which is one image here.
            known << (dimension.value >= 0 ? QString::number(dimension.value)
                      : i == 0             ? QStringLiteral("1")
                                           : QStringLiteral("?"));
        }
        auto* edit = new QLineEdit(known.join(QLatin1Char(',')), this);
        edit->setFont(figureFont());
        edit->setPlaceholderText(QStringLiteral("1,3,224,224"));
        edit->setMinimumWidth(220);
        connect(edit, &QLineEdit::textChanged, this, &ShapeDialog::check);
        auto* name = new QLabel(QStringLiteral("%1 (%2)").arg(QString::fromStdString(input.name),
                                                              shown.join(QStringLiteral("×"))),
                                this);
        name->setBuddy(edit);
        form->addRow(name, edit);
        m_rows.push_back({input, edit});
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Open"));
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    for (QAbstractButton* button : buttons->buttons())
        button->setIcon({});
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addWidget(text);
    layout->addLayout(form);
    layout->addWidget(buttons);
    check();
}

void ShapeDialog::check() {
    bool all = true;
    for (const Row& row : m_rows) {
        const Shape shape = shapeFromText(row.edit->text());
        const bool fits =
            !shape.empty() && (!row.input.has_shape || shape.size() == row.input.shape.size()) &&
            std::equal(
                shape.begin(),
                shape.begin() + static_cast<std::ptrdiff_t>(std::min(shape.size(), row.input.shape.size())),
                row.input.shape.begin(), [](std::int64_t size, const ValueInfo::Dimension& dimension) {
                    return dimension.value < 0 || dimension.value == size;
                });
        row.edit->setProperty("invalid", !fits);
        restyle(row.edit);
        all = all && fits;
    }
    m_ok->setEnabled(all);
}

std::map<std::string, Shape> ShapeDialog::shapes() const {
    std::map<std::string, Shape> shapes;
    for (const Row& row : m_rows)
        shapes[row.input.name] = shapeFromText(row.edit->text());
    return shapes;
}

}  // namespace quantwright

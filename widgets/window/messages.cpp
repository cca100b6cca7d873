#include "widgets/window/messages.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

#include "core/base/version.h"
#include "core/runtime/session.h"
#include "widgets/theme/icons.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::Messages)
};

}  // namespace

void showError(QWidget* parent, const Error& error) {
    auto* box = new QMessageBox(QMessageBox::Warning, Tr::tr("Quantwright"), words::message(error), QMessageBox::Close, parent);
    box->setObjectName(QStringLiteral("error_box"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->button(QMessageBox::Close)->setText(Tr::tr("Close"));
    box->setInformativeText(words::hint(error));
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    // The code is what a search or a report needs; the rest is what the library said.
    const std::string_view code = name_of(error.code);
    QString detail = QString::fromUtf8(code.data(), static_cast<qsizetype>(code.size()));
    for (const std::string& part : {error.subject, error.detail})
        if (!part.empty())
            detail += QLatin1Char('\n') + QString::fromStdString(part);
    box->setDetailedText(detail);
    box->open();
}

void askToSave(QWidget* parent, const QString& document, std::function<void(SaveAnswer)> then) {
    auto* box = new QMessageBox(QMessageBox::Question, Tr::tr("Quantwright"), Tr::tr("Save the changes to %1?").arg(document),
                                QMessageBox::NoButton, parent);
    box->setObjectName(QStringLiteral("save_box"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(Tr::tr("Plan, images and statistics go into a project file."));
    QPushButton* save = box->addButton(Tr::tr("Save"), QMessageBox::AcceptRole);
    QPushButton* discard = box->addButton(Tr::tr("Discard"), QMessageBox::DestructiveRole);
    QPushButton* cancel = box->addButton(Tr::tr("Cancel"), QMessageBox::RejectRole);
    box->setDefaultButton(save);
    box->setEscapeButton(cancel);
    QObject::connect(box, &QMessageBox::finished, parent, [box, save, discard, then = std::move(then)] {
        then(box->clickedButton() == save      ? SaveAnswer::save
             : box->clickedButton() == discard ? SaveAnswer::discard
                                               : SaveAnswer::cancel);
    });
    box->open();
}

void showAbout(QWidget* parent) {
    auto* box = new QMessageBox(QMessageBox::NoIcon, Tr::tr("About Quantwright"),
                                Tr::tr("Quantwright %1").arg(QString::fromLatin1(version)), QMessageBox::Close, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(applicationIcon().pixmap(48, 48));
    box->button(QMessageBox::Close)->setText(Tr::tr("Close"));
    box->setInformativeText(Tr::tr("A workbench for quantizing ONNX models.\n\nONNX Runtime %1 · Qt %2\n"
                                   "Free software under the GNU General Public License, version 3 or later.")
                                .arg(QString::fromStdString(runtime_version()), QString::fromLatin1(qVersion())));
    box->open();
}

}  // namespace quantwright

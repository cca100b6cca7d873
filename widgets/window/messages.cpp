#include "widgets/window/messages.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

#include "core/base/version.h"
#include "core/runtime/session.h"
#include "widgets/theme/icons.h"
#include "widgets/window/error_dialog.h"

namespace quantwright {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::Messages)
};

}  // namespace

void showError(QWidget* parent, const Error& error) {
    (new ErrorDialog(error, parent))->open();
}

void askToSave(QWidget* parent, const QString& document, std::function<void(SaveAnswer)> then) {
    auto* box =
        new QMessageBox(QMessageBox::Question, Tr::tr("Quantwright"),
                        Tr::tr("Save the changes to %1?").arg(document), QMessageBox::NoButton, parent);
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
                                Tr::tr("Quantwright %1").arg(QString::fromLatin1(version)),
                                QMessageBox::Close, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(applicationIcon().pixmap(48, 48));
    box->button(QMessageBox::Close)->setText(Tr::tr("Close"));
    box->button(QMessageBox::Close)->setIcon({});
    box->setInformativeText(
        Tr::tr("A workbench for quantizing ONNX models.\n\nONNX Runtime %1 · Qt %2\n"
               "Free software under the GNU General Public License, version 3 or later.")
            .arg(QString::fromStdString(runtime_version()), QString::fromLatin1(qVersion())));
    box->open();
}

}  // namespace quantwright

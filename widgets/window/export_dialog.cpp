#include "widgets/window/export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>

namespace quantwright {
namespace {

const QString form_setting = QStringLiteral("export/form"), opset_setting = QStringLiteral("export/opset");
constexpr int path_width = 380;
/// Each brought something that quantized files use: per-channel scales, float 8, 4 and 16 bits, …
constexpr int caps[] = {13, 17, 19, 21};

std::filesystem::path toPath(const QLineEdit* edit) {
    return std::filesystem::path(edit->text().trimmed().toStdString());
}

}  // namespace

ExportDialog::ExportDialog(std::shared_ptr<const Target> target, const QString& proposal, QWidget* parent)
    : QDialog(parent),
      m_target(std::move(target)),
      m_path(new QLineEdit(proposal, this)),
      m_param(new QLineEdit(this)),
      m_browse(new QToolButton(this)),
      m_browse_param(new QToolButton(this)),
      m_form(new QComboBox(this)),
      m_shapes(new QComboBox(this)),
      m_opset(new QComboBox(this)),
      m_form_note(new QLabel(this)),
      m_shapes_note(new QLabel(this)),
      m_opset_note(new QLabel(this)),
      m_sidecar_note(new QLabel(this)),
      m_report_note(new QLabel(this)),
      m_warning(new QLabel(this)),
      m_sidecar(new QCheckBox(this)),
      m_report(new QCheckBox(this)),
      m_param_label(new QLabel(this)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this)) {
    setObjectName(QStringLiteral("export_dialog"));
    setWindowTitle(tr("Export quantized model"));
    build();
    const QSettings settings;
    m_form->setCurrentIndex(m_form->findData(settings.value(form_setting, 0).toInt()));
    m_opset->setCurrentIndex(std::max(0, m_opset->findData(settings.value(opset_setting, 0).toInt())));
    connect(m_path, &QLineEdit::textChanged, this, &ExportDialog::check);
    connect(m_form, &QComboBox::currentIndexChanged, this, &ExportDialog::check);
    connect(m_sidecar, &QCheckBox::toggled, this, &ExportDialog::check);
    connect(m_report, &QCheckBox::toggled, this, &ExportDialog::check);
    connect(m_browse, &QToolButton::clicked, this, &ExportDialog::browse);
    connect(m_browse_param, &QToolButton::clicked, this, &ExportDialog::browseParam);
    connect(m_buttons, &QDialogButtonBox::accepted, this, [this] {
        remember();
        accept();
    });
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    check();
}

void ExportDialog::build() {
    m_path->setObjectName(QStringLiteral("export_path"));
    m_form->setObjectName(QStringLiteral("export_form"));
    m_shapes->setObjectName(QStringLiteral("export_shapes"));
    m_opset->setObjectName(QStringLiteral("export_opset"));
    m_sidecar->setObjectName(QStringLiteral("export_sidecar"));
    m_report->setObjectName(QStringLiteral("export_report"));
    m_path->setMinimumWidth(path_width);
    m_form->addItem(tr("QDQ"), static_cast<int>(ExportRequest::Form::qdq));
    m_form->addItem(tr("QOperator"), static_cast<int>(ExportRequest::Form::qoperator));
    m_shapes->addItem(tr("As the target needs"), static_cast<int>(FileShapes::by_target));
    m_shapes->addItem(tr("As open as the model"), static_cast<int>(FileShapes::open));
    m_shapes->addItem(tr("As measured"), static_cast<int>(FileShapes::fixed));
    m_opset->addItem(tr("As needed"), 0);
    for (const int cap : caps)
        m_opset->addItem(tr("At most %1").arg(cap), cap);
    for (QLabel* note : {m_form_note, m_shapes_note, m_opset_note, m_sidecar_note, m_report_note}) {
        note->setProperty("role", QStringLiteral("quiet"));
        note->setWordWrap(true);
    }
    m_warning->setProperty("role", QStringLiteral("stale"));
    m_warning->setWordWrap(true);
    m_opset_note->setText(tr("Newer operators only where a choice needs them. A cap is for old runtimes."));
    m_shapes_note->setText(
        m_target->constant_inputs.empty()
            ? tr("Open dimensions stay open: the file runs at sizes that it was not measured with.")
            : tr("Open dimensions stay open unless they would keep nodes off the target's provider."));
    for (QToolButton* button : {m_browse, m_browse_param})
        button->setText(tr("Browse…"));
    const bool ncnn = m_target->sidecar == "ncnn";
    m_sidecar->setChecked(ncnn);  // it is all that ncnn itself reads
    m_sidecar->setText(ncnn ? tr("ncnn's int8 table, too") : tr("TensorRT's calibration cache, too"));
    m_sidecar_note->setText(ncnn ? tr("For ncnn2int8, with the converted float network.")
                                 : tr("It goes with the float model: a network with Q/DQ ignores it."));
    m_report->setText(tr("A report, too"));
    m_param_label->setText(tr("Converted .param"));
    m_param->setPlaceholderText(tr("optional: the names of ncnn's layers"));

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(1, 1);
    int row = 0;
    const auto add = [&](QLabel* name, QWidget* editor, QWidget* button = nullptr) {
        name->setBuddy(editor);
        grid->addWidget(name, row, 0);
        grid->addWidget(editor, row, 1);
        if (button)
            grid->addWidget(button, row, 2);
        ++row;
    };
    const auto note = [&](QLabel* text) { grid->addWidget(text, row++, 1, 1, 2); };
    add(new QLabel(tr("File"), this), m_path, m_browse);
    note(m_warning);
    add(new QLabel(tr("Form"), this), m_form);
    note(m_form_note);
    add(new QLabel(tr("Shapes"), this), m_shapes);
    note(m_shapes_note);
    add(new QLabel(tr("Opset"), this), m_opset);
    note(m_opset_note);
    grid->addWidget(m_sidecar, row++, 1, 1, 2);
    note(m_sidecar_note);
    add(m_param_label, m_param, m_browse_param);
    grid->addWidget(m_report, row++, 1, 1, 2);
    note(m_report_note);
    m_sidecar->setVisible(!m_target->sidecar.empty());
    m_sidecar_note->setVisible(!m_target->sidecar.empty());
    for (QWidget* widget : std::initializer_list<QWidget*>{m_param_label, m_param, m_browse_param})
        widget->setVisible(ncnn);

    m_buttons->button(QDialogButtonBox::Ok)->setText(tr("Export"));
    m_buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    for (QAbstractButton* button : m_buttons->buttons())
        button->setIcon({});
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(14);
    layout->addLayout(grid);
    layout->addStretch();
    layout->addWidget(m_buttons);
}

void ExportDialog::check() {
    const ExportRequest wanted = request();
    const bool integer = wanted.form == ExportRequest::Form::qoperator;
    m_form_note->setText(integer
                             ? tr("Integer operators from layer to layer. What has none keeps the QDQ form.")
                             : tr("Q/DQ pairs around float operators: every runtime reads them."));
    m_opset->setEnabled(!integer);
    m_param->setEnabled(m_sidecar->isChecked());
    m_browse_param->setEnabled(m_sidecar->isChecked());
    m_report_note->setText(
        tr("HTML, Markdown, CSV and JSON in the folder %1: layers, problems, and the file's figures on the "
           "evaluation samples, which takes a while.")
            .arg(QString::fromStdString(reportFolder().filename().string())));
    const QFileInfo file(m_path->text().trimmed());
    QString warning;
    if (file.isFile())
        warning = tr("The file is there already and will be replaced.");
    else if (wanted.sidecar &&
             QFileInfo::exists(QString::fromStdString(sidecar_path(*m_target, wanted.path).string())))
        warning = tr("%1 is there already and will be replaced.")
                      .arg(QString::fromStdString(sidecar_path(*m_target, wanted.path).filename().string()));
    else if (m_report->isChecked() && QFileInfo::exists(QString::fromStdString(reportFolder().string())))
        warning = tr("%1 is there already; reports in it will be replaced.")
                      .arg(QString::fromStdString(reportFolder().filename().string()));
    m_warning->setText(warning);
    m_warning->setVisible(!warning.isEmpty());
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(!wanted.path.empty() && !file.isDir());
}

void ExportDialog::browse() {
    auto* dialog = new QFileDialog(this, windowTitle(), m_path->text(), tr("ONNX models (*.onnx)"));
    dialog->setObjectName(QStringLiteral("export_file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("onnx"));
    dialog->setOption(QFileDialog::DontConfirmOverwrite);  // said in this dialog
    connect(dialog, &QFileDialog::fileSelected, m_path, &QLineEdit::setText);
    dialog->open();
}

void ExportDialog::browseParam() {
    auto* dialog = new QFileDialog(this, m_param_label->text(), QFileInfo(m_path->text()).absolutePath(),
                                   tr("ncnn networks (*.param);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, m_param, &QLineEdit::setText);
    dialog->open();
}

void ExportDialog::remember() const {
    QSettings settings;
    settings.setValue(form_setting, m_form->currentData());
    settings.setValue(opset_setting, m_opset->currentData());
}

std::filesystem::path ExportDialog::reportFolder() const {
    const auto path = toPath(m_path);
    return path.parent_path() / (path.stem().string() + "_report");
}

std::filesystem::path ExportDialog::report() const {
    return m_report->isChecked() ? reportFolder() : std::filesystem::path();
}

ExportRequest ExportDialog::request() const {
    ExportRequest request;
    request.path = toPath(m_path);
    request.form = static_cast<ExportRequest::Form>(m_form->currentData().toInt());
    request.shapes = static_cast<FileShapes>(m_shapes->currentData().toInt());
    if (request.form == ExportRequest::Form::qdq)
        request.opset_max = m_opset->currentData().toInt();
    request.sidecar = !m_target->sidecar.empty() && m_sidecar->isChecked();
    if (request.sidecar && m_target->sidecar == "ncnn")
        request.ncnn_param = toPath(m_param);
    return request;
}

}  // namespace quantwright

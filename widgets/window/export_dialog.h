#pragma once
// Asks what the exported file is to be: where, in which form, how new, with what beside it.
#include <QDialog>
#include <memory>

class QCheckBox;
class QComboBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QToolButton;

#include "core/verify/export_files.h"

namespace quantwright {

class ExportDialog : public QDialog {
    Q_OBJECT
public:
    /// Begins with the form and the opset that were chosen last, and with `proposal` as the path.
    ExportDialog(std::shared_ptr<const Target> target, const QString& proposal, QWidget* parent);
    [[nodiscard]] ExportRequest request() const;
    /// The folder of the report; empty: none is wanted.
    [[nodiscard]] std::filesystem::path report() const;

private:
    void build();
    void check();
    void browse();
    void browseParam();
    void remember() const;
    [[nodiscard]] std::filesystem::path reportFolder() const;

    std::shared_ptr<const Target> m_target;
    QLineEdit *m_path, *m_param;
    QToolButton *m_browse, *m_browse_param;
    QComboBox *m_form, *m_shapes, *m_opset;
    QLabel *m_form_note, *m_shapes_note, *m_opset_note, *m_sidecar_note, *m_report_note, *m_warning;
    QCheckBox *m_sidecar, *m_report;
    QLabel* m_param_label;
    QDialogButtonBox* m_buttons;
};

}  // namespace quantwright

#pragma once
// The quantized model beside the float one, and the images on which they differ.
#include <QWidget>

#include "widgets/workspace/workspace.h"

class QLabel;
class QStackedWidget;

namespace quantwright {

class RowTable;

class ComparePanel : public QWidget {
    Q_OBJECT
public:
    explicit ComparePanel(Workspace* workspace, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void showAge();
    void fillFigures(const Comparison& comparison);
    void fillImages(const Comparison& comparison);

    Workspace* m_workspace;
    QStackedWidget* m_stack;
    QLabel *m_empty, *m_source, *m_age, *m_gap, *m_images_title;
    RowTable *m_figures, *m_images;
};

}  // namespace quantwright

#pragma once
// The results image by image: a list with small pictures, and the one that is selected large, float beside
// quantized.
#include <QWidget>
#include <memory>
#include <optional>

#include "core/task/judge.h"
#include "widgets/jobs/job_runner.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QListView;
class QToolButton;

namespace quantwright {

class ElidedLabel;
class ResultModel;
class ResultPicture;
class Thumbnails;

class ResultsView : public QWidget {
    Q_OBJECT
public:
    explicit ResultsView(JobRunner* jobs, QWidget* parent = nullptr);

    /// Null: nothing. `source`: the folder or list of the images. `board`: whose results stand beside
    /// float's; empty: those of this machine.
    void setResults(const std::shared_ptr<const Judgement>& judgement, const QString& source,
                    const QString& board = {});
    [[nodiscard]] bool enlarged() const;
    void setEnlarged(bool enlarged);
    void step(int rows);  ///< to the next ones, or with less than 0 to the ones before

signals:
    void enlargedChanged(bool enlarged);

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* buildList();
    QWidget* buildPictures();
    void addKey(const QKeySequence& keys, std::function<void()> act);
    void filter();
    void fillClasses();
    void showSelected();
    void readPicture(const QString& file);
    void zoom(double factor);
    void retranslate();
    [[nodiscard]] int row() const;
    [[nodiscard]] std::optional<int> category() const;

    JobRunner* m_jobs;
    Thumbnails* m_thumbnails;
    ResultModel* m_model;
    QListView* m_list;
    QCheckBox* m_changed_only;
    QComboBox* m_class;
    ElidedLabel* m_name;
    QLabel* m_none;
    QToolButton *m_previous, *m_next, *m_fit, *m_enlarge;
    ResultPicture *m_float, *m_quantized;
    std::shared_ptr<const Judgement> m_judgement;
    QString m_file;  ///< whose picture is shown or read
};

}  // namespace quantwright

#pragma once
// The images that make a tensor's tail: small pictures with the largest value each causes.
#include <QWidget>

#include "core/calibrate/statistics.h"
#include "widgets/jobs/job_runner.h"

class QLabel;
class QListWidget;

namespace quantwright {

class TailImages : public QWidget {
    Q_OBJECT
public:
    explicit TailImages(JobRunner* jobs, QWidget* parent = nullptr);
    /// Null: nothing is known. Pictures are read in the background.
    void setTensor(const TensorStatistics* tensor, const std::filesystem::path& images);

protected:
    void changeEvent(QEvent* event) override;

private:
    JobRunner* m_jobs;
    QLabel* m_title;
    QListWidget* m_list;
    QString m_shown;  ///< what is in the list: nothing is read twice
};

}  // namespace quantwright

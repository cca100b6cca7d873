#pragma once
// Small pictures of image files, read in the background when they are asked for. What is kept is bounded.
#include <QCache>
#include <QObject>
#include <QPixmap>
#include <QStringList>

#include "widgets/jobs/job_runner.h"

namespace quantwright {

class Thumbnails : public QObject {
    Q_OBJECT
public:
    Thumbnails(JobRunner* jobs, const QString& slot, QSize size, QObject* parent = nullptr);
    ~Thumbnails() override;

    /// Null while it isn't there: arrived() follows. Of what is no image it stays empty.
    [[nodiscard]] QPixmap of(const QString& path);
    [[nodiscard]] QSize size() const { return m_size; }

signals:
    void arrived(const QStringList& paths);

private:
    void readMore();

    JobRunner* m_jobs;
    QString m_slot;
    QSize m_size;
    QCache<QString, QPixmap> m_pictures;  ///< costs are bytes
    QStringList m_wanted;                 ///< the newest wish last
};

}  // namespace quantwright

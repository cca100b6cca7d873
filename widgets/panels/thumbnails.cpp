#include "widgets/panels/thumbnails.h"

#include <QPointer>
#include <QTimer>

#include "widgets/panels/picture_file.h"

namespace quantwright {
namespace {

constexpr int k_most_bytes = 24 << 20;
/// More than fit on a screen: what was scrolled past is not read any more.
constexpr qsizetype k_most_wanted = 64, k_at_once = 16;

}  // namespace

Thumbnails::Thumbnails(JobRunner* jobs, const QString& slot, QSize size, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_slot(slot), m_size(size), m_pictures(k_most_bytes) {}

Thumbnails::~Thumbnails() = default;

QPixmap Thumbnails::of(const QString& path) {
    if (const QPixmap* known = m_pictures.object(path))
        return *known;
    m_wanted.removeAll(path);
    m_wanted.append(path);
    while (m_wanted.size() > k_most_wanted)
        m_wanted.removeFirst();
    QTimer::singleShot(0, this, &Thumbnails::readMore);
    return {};
}

void Thumbnails::readMore() {
    if (m_wanted.isEmpty() || m_jobs->running(m_slot))
        return;
    const QStringList paths = m_wanted.mid(std::max<qsizetype>(0, m_wanted.size() - k_at_once));
    m_wanted.erase(m_wanted.end() - paths.size(), m_wanted.end());
    m_jobs->start(
        m_slot,
        [paths, size = m_size](const JobContext& job) -> Result<std::vector<QImage>> {
            std::vector<QImage> pictures;
            for (const QString& path : paths) {
                if (job.cancelled())
                    return JobContext::cancelled_error();
                pictures.push_back(thumbnail(path, size));
            }
            return pictures;
        },
        [self = QPointer<Thumbnails>(this), paths](Result<std::vector<QImage>> pictures) {
            if (!self || !pictures)
                return;
            for (qsizetype i = 0; i < paths.size(); ++i) {
                const QImage& picture = (*pictures)[static_cast<std::size_t>(i)];
                self->m_pictures.insert(paths[i], new QPixmap(QPixmap::fromImage(picture)),
                                        static_cast<int>(std::max<qsizetype>(64, picture.sizeInBytes())));
            }
            emit self->arrived(paths);
            QTimer::singleShot(0, self, &Thumbnails::readMore);
        });
}

}  // namespace quantwright

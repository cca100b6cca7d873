#include "widgets/panels/tail_images.h"

#include <QEvent>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QVBoxLayout>

#include "widgets/panels/figures.h"
#include "widgets/panels/picture_file.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace quantwright {
namespace {

constexpr QSize picture_size(84, 52);

}  // namespace

TailImages::TailImages(JobRunner* jobs, QWidget* parent)
    : QWidget(parent), m_jobs(jobs), m_title(new QLabel(this)), m_list(new QListWidget(this)) {
    m_title->setProperty("role", QStringLiteral("section"));
    m_list->setViewMode(QListView::IconMode);
    m_list->setIconSize(picture_size);
    m_list->setGridSize(picture_size + QSize(10, 40));
    m_list->setMovement(QListView::Static);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setSelectionMode(QAbstractItemView::NoSelection);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setFont(uiFont(TextSize::Small));
    m_list->setFocusPolicy(Qt::NoFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 4, 4, 0);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addWidget(m_list, 1);
    m_title->setText(tr("Images in the tail"));
}

void TailImages::setTensor(const TensorStatistics* tensor, const std::filesystem::path& images) {
    const QString shown = tensor ? QString::fromStdString(tensor->name + '\n' + images.string()) : QString();
    if (shown == m_shown)
        return;
    m_shown = shown;
    m_list->clear();
    if (!tensor)
        return;
    const QString source = QString::fromStdString(images.string());
    QStringList paths;
    QPixmap empty(picture_size);
    empty.fill(currentPalette().field);
    for (const auto& extreme : tensor->worst_images) {
        const QString name = QString::fromStdString(extreme.image);
        auto* item =
            new QListWidgetItem(QIcon(empty), QFileInfo(name).completeBaseName() + QLatin1Char('\n') +
                                                  figures::value(static_cast<double>(extreme.max_abs)));
        item->setToolTip(tr("%1: largest absolute value %2")
                             .arg(name, figures::value(static_cast<double>(extreme.max_abs))));
        m_list->addItem(item);
        paths << pictureFile(source, name);
    }
    m_jobs->start(
        QStringLiteral("thumbnails"),
        [paths](const JobContext& job) -> Result<std::vector<QImage>> {
            std::vector<QImage> pictures;
            for (const QString& path : paths) {
                if (job.cancelled())
                    return JobContext::cancelled_error();
                pictures.push_back(thumbnail(path, picture_size));
            }
            return pictures;
        },
        [this, shown](Result<std::vector<QImage>> pictures) {
            if (!pictures || shown != m_shown)
                return;
            for (std::size_t i = 0; i < pictures->size(); ++i)
                if (QListWidgetItem* item = m_list->item(static_cast<int>(i));
                    item && !(*pictures)[i].isNull())
                    item->setIcon(QIcon(QPixmap::fromImage((*pictures)[i])));
        });
}

void TailImages::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        m_title->setText(tr("Images in the tail"));
}

}  // namespace quantwright

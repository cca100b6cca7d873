#include "widgets/panels/results_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPointer>
#include <QShortcut>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/panels/elided_label.h"
#include "widgets/panels/picture_file.h"
#include "widgets/panels/result_model.h"
#include "widgets/panels/result_paint.h"
#include "widgets/panels/result_picture.h"
#include "widgets/panels/thumbnails.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

namespace quantwright {
namespace {

constexpr QSize thumbnail_size(64, 44);
constexpr int list_width = 210;
/// Of a picture on the screen: larger ones are read smaller, so that one takes 64 MB at most.
constexpr int k_longest_side = 4096;

}  // namespace

ResultsView::ResultsView(JobRunner* jobs, QWidget* parent)
    : QWidget(parent),
      m_jobs(jobs),
      m_thumbnails(new Thumbnails(jobs, QStringLiteral("result-thumbnails"), thumbnail_size, this)),
      m_model(new ResultModel(m_thumbnails, this)),
      m_list(new QListView(this)),
      m_changed_only(new QCheckBox(this)),
      m_class(new QComboBox(this)),
      m_name(new ElidedLabel(this)),
      m_none(new QLabel(this)),
      m_previous(new QToolButton(this)),
      m_next(new QToolButton(this)),
      m_fit(new QToolButton(this)),
      m_enlarge(new QToolButton(this)),
      m_float(new ResultPicture(ResultPicture::Side::Float, this)),
      m_quantized(new ResultPicture(ResultPicture::Side::Quantized, this)) {
    setObjectName(QStringLiteral("results_view"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(buildList());
    layout->addWidget(buildPictures(), 1);
    connect(m_changed_only, &QCheckBox::toggled, this, &ResultsView::filter);
    connect(m_class, &QComboBox::activated, this, &ResultsView::filter);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &ResultsView::showSelected);
    connect(m_float, &ResultPicture::viewChanged, m_quantized, &ResultPicture::setView);
    connect(m_quantized, &ResultPicture::viewChanged, m_float, &ResultPicture::setView);
    connect(m_previous, &QToolButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { step(1); });
    connect(m_fit, &QToolButton::clicked, m_float, &ResultPicture::fit);
    connect(m_enlarge, &QToolButton::toggled, this, &ResultsView::enlargedChanged);
    addKey(Qt::Key_Right, [this] { step(1); });
    addKey(Qt::Key_Left, [this] { step(-1); });
    addKey(Qt::Key_Plus, [this] { zoom(1.5); });
    addKey(Qt::Key_Minus, [this] { zoom(1 / 1.5); });
    addKey(Qt::Key_0, [this] { m_float->fit(); });
    retranslate();
    setResults({}, {});
}

QWidget* ResultsView::buildList() {
    auto* box = new QWidget(this);
    box->setFixedWidth(list_width);
    m_list->setObjectName(QStringLiteral("result_list"));
    m_list->setModel(m_model);
    m_list->setIconSize(thumbnail_size);
    m_list->setUniformItemSizes(true);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setFont(uiFont(TextSize::Small));
    m_list->setFrameShape(QFrame::NoFrame);
    m_changed_only->setObjectName(QStringLiteral("changed_only"));
    m_class->setObjectName(QStringLiteral("result_class"));
    m_class->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_class->setMinimumContentsLength(6);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(6);
    bar->addWidget(m_changed_only);
    bar->addWidget(m_class, 1);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(bar);
    layout->addWidget(m_list, 1);
    return box;
}

QWidget* ResultsView::buildPictures() {
    auto* box = new QWidget(this);
    m_name->setObjectName(QStringLiteral("result_name"));
    m_none->setProperty("role", QStringLiteral("quiet"));
    m_previous->setText(QStringLiteral("←"));
    m_next->setText(QStringLiteral("→"));
    m_fit->setIcon(themedIcon(QStringLiteral("fit")));
    m_enlarge->setObjectName(QStringLiteral("enlarge"));
    m_enlarge->setCheckable(true);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(4);
    bar->addWidget(m_name, 1);
    bar->addWidget(m_none);
    for (QToolButton* button : {m_previous, m_next, m_fit, m_enlarge})
        bar->addWidget(button);
    auto* pair = new QHBoxLayout;
    pair->setSpacing(6);
    pair->addWidget(m_float, 1);
    pair->addWidget(m_quantized, 1);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(bar);
    layout->addLayout(pair, 1);
    return box;
}

void ResultsView::addKey(const QKeySequence& keys, std::function<void()> act) {
    auto* shortcut = new QShortcut(keys, this);
    shortcut->setContext(Qt::WidgetWithChildrenShortcut);
    connect(shortcut, &QShortcut::activated, this, std::move(act));
}

void ResultsView::setResults(const std::shared_ptr<const Judgement>& judgement, const QString& source,
                             const QString& board) {
    // What is shown lies in what was shown before.
    m_float->setResult({}, nullptr, {});
    m_quantized->setResult({}, nullptr, {});
    m_quantized->setTitle(board);
    m_judgement = judgement;
    m_file.clear();
    m_model->setResults(judgement, source);
    fillClasses();
    filter();
}

void ResultsView::fillClasses() {
    const QSignalBlocker quiet(m_class);
    const std::optional<int> before = category();
    m_class->clear();
    m_class->addItem(tr("All classes"));
    if (m_judgement)
        for (const int one : m_model->categories())
            m_class->addItem(className(m_judgement->names, one), one);
    m_class->setVisible(m_class->count() > 2);
    const int index = before ? m_class->findData(*before) : 0;
    m_class->setCurrentIndex(std::max(0, index));
}

std::optional<int> ResultsView::category() const {
    const QVariant data = m_class->currentData();
    return data.isValid() ? std::optional(data.toInt()) : std::nullopt;
}

int ResultsView::row() const {
    return m_list->currentIndex().isValid() ? m_list->currentIndex().row() : -1;
}

void ResultsView::filter() {
    const ShownResult* shown = m_model->result(row());
    m_model->setFilter(m_changed_only->isChecked(), category());
    int selected = 0;
    for (int i = 0; shown && i < m_model->rowCount(); ++i)
        if (m_model->result(i) == shown)
            selected = i;
    if (m_model->rowCount() > 0)
        m_list->setCurrentIndex(m_model->index(selected));
    showSelected();
}

void ResultsView::step(int rows) {
    const int wanted = std::clamp(row() + rows, 0, std::max(0, m_model->rowCount() - 1));
    if (m_model->rowCount() > 0)
        m_list->setCurrentIndex(m_model->index(wanted));
}

void ResultsView::showSelected() {
    const ShownResult* result = m_model->result(row());
    const QString change = m_model->change(row());
    const QString name = result ? QString::fromStdString(result->image) : QString();
    m_name->setFullText(change.isEmpty() ? name : QStringLiteral("%1 · %2").arg(name, change));
    m_none->setText(result || !m_judgement        ? QString()
                    : m_changed_only->isChecked() ? tr("No image's result changed.")
                                                  : tr("No image is shown."));
    m_none->setVisible(!m_none->text().isEmpty());
    for (ResultPicture* picture : {m_float, m_quantized})
        picture->setResult(m_judgement, result, category());
    m_previous->setEnabled(row() > 0);
    m_next->setEnabled(row() >= 0 && row() + 1 < m_model->rowCount());
    if (const QString file = m_model->file(row()); file != m_file)
        readPicture(file);
}

void ResultsView::readPicture(const QString& file) {
    m_file = file;
    for (ResultPicture* picture : {m_float, m_quantized}) {
        picture->setPicture({});
        picture->setView({});
    }
    if (file.isEmpty())
        return;
    m_jobs->start(
        QStringLiteral("result-picture"),
        [file](const JobContext&) -> Result<QImage> {
            return quantwright::readPicture(file, k_longest_side);
        },
        [self = QPointer<ResultsView>(this), file](Result<QImage> picture) {
            if (!self || !picture || self->m_file != file)
                return;
            self->m_float->setPicture(*picture);
            self->m_quantized->setPicture(*picture);
        });
}

void ResultsView::zoom(double factor) {
    m_float->zoomBy(factor, QPointF(m_float->rect().center()));
}

bool ResultsView::enlarged() const {
    return m_enlarge->isChecked();
}

void ResultsView::setEnlarged(bool enlarged) {
    m_enlarge->setChecked(enlarged);
}

void ResultsView::retranslate() {
    m_changed_only->setText(tr("Changed"));
    m_changed_only->setToolTip(tr("Only images whose result quantizing changed"));
    m_class->setAccessibleName(tr("Class"));
    m_class->setToolTip(tr("Only images and results of this class"));
    m_list->setAccessibleName(tr("Images"));
    m_enlarge->setText(tr("Enlarge"));
    m_enlarge->setToolTip(tr("Give the pictures the room of the graph"));
    const auto name = [](QToolButton* button, const QString& text) {
        button->setToolTip(text);
        button->setAccessibleName(text);
    };
    name(m_previous, tr("Previous image (←)"));
    name(m_next, tr("Next image (→)"));
    name(m_fit, tr("Whole image (0)"));
    fillClasses();
    showSelected();
}

void ResultsView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright

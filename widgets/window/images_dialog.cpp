#include "widgets/window/images_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/base/atomic_file.h"
#include "core/images/image_list.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/style_sheet.h"
#include "widgets/window/preprocess_text.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

const char* const preset_names[] = {"imagenet", "opencv-imagenet", "stretch", "letterbox"};
enum PresetRow { InferredRow = 0, FirstPresetRow = 1, CustomRow = 5, FileRow = 6 };

QString numbers(const std::vector<double>& values) {
    QStringList texts;
    for (const double value : values)
        texts << QString::number(value, 'g', 6);
    return texts.join(QStringLiteral(", "));
}

/// Empty unless all are numbers.
std::vector<double> numbersFrom(const QString& text) {
    static const QRegularExpression separator(QStringLiteral("[,;\\s]+"));
    std::vector<double> values;
    for (const QString& part : text.split(separator, Qt::SkipEmptyParts)) {
        bool valid = false;
        values.push_back(part.toDouble(&valid));
        if (!valid)
            return {};
    }
    return values;
}

}  // namespace

ImagesDialog::ImagesDialog(std::shared_ptr<const Prepared> prepared, const ImageSettings& settings,
                           JobRunner* jobs, QWidget* parent)
    : QDialog(parent), m_prepared(std::move(prepared)), m_jobs(jobs) {
    setObjectName(QStringLiteral("images_dialog"));
    setWindowTitle(tr("Images and preprocessing"));
    if (const auto input = image_input(*m_prepared->model)) {
        m_input = input->name;
        m_type = input->type;
    }
    if (const auto shape = imageInputShape(*m_prepared))
        m_shape = *shape;
    if (const auto inferred = effectivePreprocess(*m_prepared, {}))
        m_inferred = *inferred;

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(8);
    grid->setColumnStretch(1, 1);
    m_calibration = addFolder(grid, 0, tr("Calibration images"), false);
    m_calibration->setObjectName(QStringLiteral("calibration_folder"));
    m_evaluation = addFolder(grid, 2, tr("Evaluation images"), false);
    m_evaluation->setPlaceholderText(tr("the calibration images"));
    m_labels = addFolder(grid, 3, tr("Label file"), true);
    m_labels->setPlaceholderText(tr("class folders, where there are any"));
    m_count = new QLabel(this);
    m_count->setProperty("role", QStringLiteral("quiet"));
    m_count->setObjectName(QStringLiteral("image_count"));
    m_count->setWordWrap(true);
    grid->addWidget(m_count, 1, 1, 1, 2);

    m_preset = new QComboBox(this);
    m_preset->addItem(tr("Inferred from the model"));
    for (const char* name : preset_names)
        m_preset->addItem(QString::fromLatin1(name));
    m_preset->addItem(tr("As chosen before"));
    m_preset->addItem(tr("From a file…"));
    m_mean = new QLineEdit(this);
    m_std = new QLineEdit(this);
    m_mean->setFont(figureFont());
    m_std->setFont(figureFont());
    m_color = new QComboBox(this);
    m_color->addItem(QStringLiteral("RGB"), static_cast<int>(ColorFormat::rgb));
    m_color->addItem(QStringLiteral("BGR"), static_cast<int>(ColorFormat::bgr));
    m_color->addItem(tr("Grey"), static_cast<int>(ColorFormat::gray));
    if (channels_of(m_inferred.color) == 4) {
        m_color->addItem(QStringLiteral("RGBA"), static_cast<int>(ColorFormat::rgba));
        m_color->addItem(QStringLiteral("BGRA"), static_cast<int>(ColorFormat::bgra));
    }
    m_summary = new QLabel(this);
    m_summary->setWordWrap(true);
    m_summary->setProperty("role", QStringLiteral("quiet"));
    m_summary->setMinimumHeight(QFontMetrics(m_summary->font()).lineSpacing() * 3);
    m_summary->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    int row = 4;
    auto* heading = new QLabel(tr("Preprocessing"), this);
    heading->setProperty("role", QStringLiteral("section"));
    grid->setRowMinimumHeight(row, 34);
    grid->addWidget(heading, row++, 0, 1, 3, Qt::AlignBottom);
    const auto add = [&](const QString& text, QWidget* editor) {
        auto* label = new QLabel(text, this);
        label->setBuddy(editor);
        grid->addWidget(label, row, 0);
        grid->addWidget(editor, row++, 1, 1, 2);
    };
    add(tr("Steps"), m_preset);
    add(tr("Colours"), m_color);
    add(tr("Mean"), m_mean);
    add(tr("Standard deviation"), m_std);
    grid->addWidget(m_summary, row, 1, 1, 2);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Use these"));
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    for (QAbstractButton* button : buttons->buttons())
        button->setIcon({});
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->setSpacing(12);
    layout->addLayout(grid);
    layout->addStretch();
    layout->addWidget(buttons);
    setMinimumWidth(620);

    fillFrom(settings);
    connect(m_preset, &QComboBox::activated, this, &ImagesDialog::presetChosen);
    connect(m_color, &QComboBox::activated, this, &ImagesDialog::check);
    for (QLineEdit* edit : {m_mean, m_std, m_calibration, m_evaluation, m_labels})
        connect(edit, &QLineEdit::textChanged, this, &ImagesDialog::check);
    for (QLineEdit* edit : {m_calibration, m_evaluation, m_labels})
        connect(edit, &QLineEdit::textChanged, this, &ImagesDialog::countImages);
    check();
    countImages();
}

QLineEdit* ImagesDialog::addFolder(QGridLayout* grid, int row, const QString& label, bool file) {
    auto* name = new QLabel(label, this);
    auto* edit = new QLineEdit(this);
    auto* browse = new QToolButton(this);
    browse->setText(tr("Browse…"));
    browse->setAccessibleName(tr("Browse: %1").arg(label));
    name->setBuddy(edit);
    grid->addWidget(name, row, 0);
    grid->addWidget(edit, row, 1);
    grid->addWidget(browse, row, 2);
    connect(browse, &QToolButton::clicked, this, [this, edit, label, file] {
        auto* dialog = new QFileDialog(this, label, edit->text());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(file ? QFileDialog::ExistingFile : QFileDialog::Directory);
        connect(dialog, &QFileDialog::fileSelected, edit, &QLineEdit::setText);
        dialog->open();
    });
    return edit;
}

void ImagesDialog::fillFrom(const ImageSettings& settings) {
    m_calibration->setText(QString::fromStdString(settings.calibration.string()));
    m_first_of = m_calibration->text();
    m_at_most = settings.at_most;
    m_evaluation->setText(QString::fromStdString(settings.evaluation.string()));
    m_labels->setText(QString::fromStdString(settings.labels.string()));
    m_custom = settings.preprocess;
    m_base = settings.preprocess.value_or(m_inferred);
    m_preset->setCurrentIndex(settings.preprocess ? CustomRow : InferredRow);
    m_last_preset = m_preset->currentIndex();
    m_mean->setText(numbers(m_base.mean));
    m_std->setText(numbers(m_base.std));
    m_color->setCurrentIndex(m_color->findData(static_cast<int>(m_base.color)));
}

void ImagesDialog::presetChosen(int index) {
    if (index == FileRow) {
        m_preset->setCurrentIndex(m_last_preset);  // until a file is chosen
        chooseFile();
        return;
    }
    if (index == InferredRow) {
        m_base = m_inferred;
    } else if (index == CustomRow) {
        m_base = m_custom.value_or(m_inferred);
    } else if (const auto preset = preprocess_preset(preset_names[index - FirstPresetRow], m_shape, m_type)) {
        m_base = *preset;
    }
    m_last_preset = index;
    m_mean->setText(numbers(m_base.mean));
    m_std->setText(numbers(m_base.std));
    m_color->setCurrentIndex(m_color->findData(static_cast<int>(m_base.color)));
    check();
}

void ImagesDialog::chooseFile() {
    auto* dialog = new QFileDialog(this, tr("Preprocessing file"), {}, QStringLiteral("JSON (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        const auto preprocess = resolve_preprocess(file.toStdString(), m_shape, {}, m_type);
        if (!preprocess) {
            m_summary->setText(words::message(preprocess.error()) + QLatin1Char(' ') +
                               words::hint(preprocess.error()));
            return;
        }
        m_custom = *preprocess;
        m_preset->setCurrentIndex(CustomRow);
        presetChosen(CustomRow);
    });
    dialog->open();
}

std::optional<Preprocess> ImagesDialog::chosen() const {
    Preprocess preprocess = m_base;
    preprocess.mean = numbersFrom(m_mean->text());
    preprocess.std = numbersFrom(m_std->text());
    preprocess.color = static_cast<ColorFormat>(m_color->currentData().toInt());
    const auto channels = static_cast<std::size_t>(channels_of(preprocess.color));
    if (preprocess.mean.size() != channels || preprocess.std.size() != channels)
        return {};
    for (const double std : preprocess.std)
        if (std <= 0)
            return {};
    return preprocess;
}

void ImagesDialog::check() {
    const auto preprocess = chosen();
    const bool calibration = QFileInfo::exists(m_calibration->text());
    const auto mark = [](QLineEdit* edit, bool invalid) {
        edit->setProperty("invalid", invalid);
        restyle(edit);
    };
    const auto missing = [](const QLineEdit* edit) {
        return !edit->text().isEmpty() && !QFileInfo::exists(edit->text());
    };
    mark(m_calibration, missing(m_calibration));
    mark(m_evaluation, missing(m_evaluation));
    mark(m_labels, missing(m_labels));
    mark(m_mean, !preprocess);
    mark(m_std, !preprocess);
    m_summary->setText(preprocess ? preprocessText(*preprocess)
                                  : tr("Mean and standard deviation need one number for each channel."));
    m_ok->setEnabled(preprocess && calibration && !missing(m_evaluation) && !missing(m_labels));
}

std::int64_t ImagesDialog::atMost() const {
    return m_calibration->text() == m_first_of ? m_at_most : -1;
}

void ImagesDialog::countImages() {
    ImageSettings asked = settings();
    asked.preprocess.reset();
    m_count->setText(QString());
    if (!QFileInfo::exists(m_calibration->text()))
        return;
    struct Counted {
        std::size_t images = 0;
        std::vector<Problem> problems;  ///< of the labels
    };
    ImageListOptions options;
    options.input = m_input;
    options.shape = m_shape;
    m_jobs->start(
        QStringLiteral("count-images"),
        [asked, options, classes = class_count(*m_prepared->model)](const JobContext&) -> Result<Counted> {
            const auto list = list_images(asked.calibration, options);
            if (!list)
                return fail(list);
            Counted counted{list->files.size(), {}};
            ImageListOptions labelled = options;
            labelled.labels = asked.labels;
            const auto judged = list_images(asked.evaluationOrCalibration(), labelled);
            if (!judged)
                return fail(judged);
            counted.problems = label_problems(*judged, classes);
            return counted;
        },
        [dialog = QPointer<ImagesDialog>(this), asked](Result<Counted> counted) {
            if (!dialog)
                return;
            ImageSettings now = dialog->settings();
            now.preprocess.reset();
            if (!(now == asked))  // another job counts those
                return;
            if (!counted) {
                dialog->m_count->setText(words::message(counted.error()));
                return;
            }
            const QString there =
                ImagesDialog::tr("%n image(s) there", nullptr, static_cast<int>(counted->images));
            const std::int64_t at_most = dialog->atMost();
            const bool some = at_most >= 0 && static_cast<std::size_t>(at_most) < counted->images;
            //: How many images a folder or list has; of how many the first are used
            QStringList texts(some ? ImagesDialog::tr("%1, the first %2 are used").arg(there).arg(at_most)
                                   : there);
            for (const Problem& problem : counted->problems)
                texts << words::message(problem);
            dialog->m_count->setText(texts.join(QLatin1Char('\n')));
        });
}

ImageSettings ImagesDialog::settings() const {
    ImageSettings settings;
    calibrateOn(m_calibration->text().toStdString(), settings, atMost());
    settings.evaluation = m_evaluation->text().toStdString();
    settings.labels = m_labels->text().toStdString();
    const auto preprocess = chosen();
    // What is only inferred isn't written into the project.
    if (preprocess && !(m_preset->currentIndex() == InferredRow && *preprocess == m_inferred))
        settings.preprocess = preprocess;
    return settings;
}

}  // namespace quantwright

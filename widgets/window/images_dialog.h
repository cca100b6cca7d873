#pragma once
// Which images, and how they become inputs. Shows what was inferred before anything is run.
#include <QDialog>

#include "widgets/jobs/job_runner.h"
#include "widgets/workspace/image_settings.h"

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace quantwright {

class ImagesDialog : public QDialog {
    Q_OBJECT
public:
    ImagesDialog(std::shared_ptr<const Prepared> prepared, const ImageSettings& settings, JobRunner* jobs,
                 QWidget* parent);
    [[nodiscard]] ImageSettings settings() const;

private:
    enum class Takes { samples, labels };
    /// A path with its buttons, called `name`.
    QLineEdit* addPath(QGridLayout* grid, int row, int column, const QString& name, Takes takes);
    QLineEdit* addFolder(QGridLayout* grid, int row, const QString& label, Takes takes);
    QWidget* buildInputs(const ImageSettings& settings);
    void fillFrom(const ImageSettings& settings);
    void presetChosen(int index);
    void chooseFile();
    void countImages();
    void check();
    [[nodiscard]] std::optional<Preprocess> chosen() const;
    /// How many of the samples are used: until others are chosen, as many as before.
    [[nodiscard]] std::int64_t atMost() const;
    /// Where the calibration samples are, of every input.
    [[nodiscard]] QStringList calibrationPaths() const;
    [[nodiscard]] bool calibrationThere() const;

    /// An input that images don't feed.
    struct OtherInput {
        ValueInfo input;
        InputSettings before;
        QLineEdit *calibration, *evaluation;
    };

    std::shared_ptr<const Prepared> m_prepared;
    JobRunner* m_jobs;
    bool m_by_images = false;  ///< there is an input that images feed
    std::vector<OtherInput> m_others;
    std::string m_input;  ///< what the images feed, its shape and type
    Shape m_shape;
    ElementType m_type = ElementType::float32;
    QLineEdit *m_calibration, *m_evaluation, *m_labels, *m_mean, *m_std;
    QComboBox *m_preset, *m_color;
    QLabel *m_count, *m_summary;
    QPushButton* m_ok;
    Preprocess m_base;  ///< of the preset or file, before mean, std and colour
    Preprocess m_inferred;
    std::optional<Preprocess> m_custom;  ///< from the project or a file
    int m_last_preset = 0;
    TaskChoice m_task;       ///< which this dialog leaves alone
    QStringList m_first_of;  ///< samples that `m_at_most` is about
    std::int64_t m_at_most = -1;
};

}  // namespace quantwright

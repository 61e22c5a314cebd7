/* SPDX-License-Identifier: MIT */
#include "pn-lesson-page.h"

#include "pn-template.h"

struct _PnLessonPage
{
  GtkWidget parent_instance;

  GtkLabel *group;
  GtkLabel *title;
  GtkLabel *summary;
  GtkLabel *watch_title;
  GtkLabel *watch;
};

G_DEFINE_FINAL_TYPE (PnLessonPage, pn_lesson_page, GTK_TYPE_WIDGET)

static void
pn_lesson_page_dispose (GObject *object)
{
  pn_template_dispose (GTK_WIDGET (object), PN_TYPE_LESSON_PAGE);

  G_OBJECT_CLASS (pn_lesson_page_parent_class)->dispose (object);
}

static void
pn_lesson_page_class_init (PnLessonPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_lesson_page_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-lesson-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PnLessonPage, group);
  gtk_widget_class_bind_template_child (widget_class, PnLessonPage, title);
  gtk_widget_class_bind_template_child (widget_class, PnLessonPage, summary);
  gtk_widget_class_bind_template_child (widget_class, PnLessonPage, watch_title);
  gtk_widget_class_bind_template_child (widget_class, PnLessonPage, watch);
}

static void
pn_lesson_page_init (PnLessonPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pn_lesson_page_set_lesson (self, NULL);
}

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

void
pn_lesson_page_set_lesson (PnLessonPage *self, const PnLesson *lesson)
{
  gboolean watch = lesson != NULL && lesson->watch != NULL && *lesson->watch != '\0';
  g_autofree char *group = NULL;

  if (lesson != NULL && lesson->group != NULL)
    group = g_utf8_strup (lesson->group, -1);
  set_text (self->group, group);
  set_text (self->title,
            lesson != NULL ? lesson->title : "See what processes do to each other");
  set_text (self->summary,
            lesson != NULL ? lesson->summary
                           : "Choose a lesson at the left, then press Run. Its "
                             "processes are real: what they do is drawn as they do "
                             "it, and can be stepped through afterwards.");
  gtk_widget_set_visible (GTK_WIDGET (self->watch_title), watch);
  set_text (self->watch, watch ? lesson->watch : NULL);
}

void
pn_lesson_page_set_recording (PnLessonPage *self, const char *title)
{
  set_text (self->group, "RECORDING");
  set_text (self->title, title);
  set_text (self->summary,
            "What a program did once: step through it as through a lesson's run. It is "
            "none of the lessons at the left, so it can't be run from here.");
  gtk_widget_set_visible (GTK_WIDGET (self->watch_title), FALSE);
  set_text (self->watch, NULL);
}

/* SPDX-License-Identifier: MIT */

/* Preloaded into a GTK program: reports when its first window has painted its first
 * frame, and the last one before nothing more changes, in CLOCK_MONOTONIC ns, and ends
 * the program. The same for any program, so that none needs a switch for it.
 *
 * Procession's first frame has all that its window shows then but the code at the
 * right: the lessons, the first one's text and parameters, every button, the empty Now
 * panel. The code comes with the last frame. What the window does not show by then is
 * no part of either: the page of a run, menus, dialogs. */
#include "bench.h"

#include <dlfcn.h>
#include <gtk/gtk.h>
#include <unistd.h>

#define QUIET_MS 300

static struct
{
  gboolean painted;  /* something was rendered in this frame */
  gint64 last_at_ns; /* 0: no frame yet */
  guint quiet_source;
} state;

static gboolean
on_quiet (gpointer data)
{
  bench_result ("last_frame_at_ns", (double)state.last_at_ns);
  _exit (0);
}

static void
on_after_paint (GdkFrameClock *clock, gpointer data)
{
  gint64 now_ns = (gint64)bench_now_ns ();

  if (!state.painted)
    return;
  state.painted = FALSE;
  if (state.last_at_ns == 0)
    {
      bench_result ("first_frame_at_ns", (double)now_ns);
      /* What fades in is there; GTK's fades would add 200 ms to the last frame. */
      g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
    }
  state.last_at_ns = now_ns;
  g_clear_handle_id (&state.quiet_source, g_source_remove);
  state.quiet_source = g_timeout_add (QUIET_MS, on_quiet, NULL);
}

/* A hook, since the first handler of "render" ends the emission. */
static gboolean
on_render (GSignalInvocationHint *hint,
           guint n_params,
           const GValue *params,
           gpointer data)
{
  state.painted = TRUE;
  return TRUE;
}

static void
on_realize (GtkWidget *window, gpointer data)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  g_signal_add_emission_hook (
      g_signal_lookup ("render", GDK_TYPE_SURFACE), 0, on_render, NULL, NULL);
  g_signal_connect (gdk_surface_get_frame_clock (surface),
                    "after-paint",
                    G_CALLBACK (on_after_paint),
                    NULL);
}

static void
on_window_added (GtkApplication *app, GtkWindow *window, gpointer data)
{
  if (gtk_widget_get_realized (GTK_WIDGET (window)))
    on_realize (GTK_WIDGET (window), NULL);
  else
    g_signal_connect (window, "realize", G_CALLBACK (on_realize), NULL);
}

__attribute__ ((visibility ("default"))) int
g_application_run (GApplication *app, int argc, char **argv)
{
  int (*real_run) (GApplication *, int, char **)
      = (int (*) (GApplication *, int, char **))dlsym (RTLD_NEXT, "g_application_run");

  if (GTK_IS_APPLICATION (app))
    g_signal_connect (app, "window-added", G_CALLBACK (on_window_added), NULL);
  return real_run (app, argc, argv);
}

/* SPDX-License-Identifier: MIT */

/* Preloaded into a GTK program: reports when its first window has painted its first
 * frame, in CLOCK_MONOTONIC ns, and ends the program. The same for any program, so that
 * none needs a switch for it. */
#include "bench.h"

#include <dlfcn.h>
#include <gtk/gtk.h>
#include <unistd.h>

static void
on_after_paint (GdkFrameClock *clock, gpointer painted)
{
  if (!*(gboolean *)painted)
    return;
  bench_result ("first_frame_at_ns", bench_now_ns ());
  _exit (0);
}

/* A hook, since the first handler of "render" ends the emission. */
static gboolean
on_render (GSignalInvocationHint *hint,
           guint n_params,
           const GValue *params,
           gpointer painted)
{
  *(gboolean *)painted = TRUE;
  return FALSE;
}

static void
on_realize (GtkWidget *window, gpointer painted)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  g_signal_add_emission_hook (
      g_signal_lookup ("render", GDK_TYPE_SURFACE), 0, on_render, painted, NULL);
  g_signal_connect (gdk_surface_get_frame_clock (surface),
                    "after-paint",
                    G_CALLBACK (on_after_paint),
                    painted);
}

static void
on_window_added (GtkApplication *app, GtkWindow *window, gpointer painted)
{
  if (gtk_widget_get_realized (GTK_WIDGET (window)))
    on_realize (GTK_WIDGET (window), painted);
  else
    g_signal_connect (window, "realize", G_CALLBACK (on_realize), painted);
}

__attribute__ ((visibility ("default"))) int
g_application_run (GApplication *app, int argc, char **argv)
{
  static gboolean painted;
  int (*real_run) (GApplication *, int, char **)
      = (int (*) (GApplication *, int, char **))dlsym (RTLD_NEXT, "g_application_run");

  if (GTK_IS_APPLICATION (app))
    g_signal_connect (app, "window-added", G_CALLBACK (on_window_added), &painted);
  return real_run (app, argc, argv);
}

{% autoescape off %}// A nudge is empty: what there is to read stands in the inbox, behind the sign-in.
self.addEventListener("push", (event) => {
  event.waitUntil(
    self.registration.showNotification("{{ site.name|escapejs }}", {
      body: "There is news in your inbox.",
      icon: "{% static 'img/mark.svg' %}",
      tag: "inbox",
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("{% url 'inbox' %}"));
});
{% endautoescape %}
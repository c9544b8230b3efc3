{
  const data = JSON.parse(document.getElementById("data").textContent);
  document.getElementById("title").textContent = data.text;
  document.getElementById("about").textContent = data.about;
  explanationView.show(document.body, data);
}
